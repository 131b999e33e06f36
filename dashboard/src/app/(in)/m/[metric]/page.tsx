import type { Metadata } from "next"
import { Metric } from "../../../../metric/metric.tsx"

interface PageProps {
  params: Promise<{ metric: string }>
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: decodeURIComponent((await params).metric) }
}

export default async function MetricPage({ params }: PageProps) {
  return <Metric metric={decodeURIComponent((await params).metric)} />
}
