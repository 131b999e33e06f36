/** A story in words: the user's own template where there is one, else the product's. */
import type { ChannelKind, Language, MessageKind } from "@ossagent/wire"
import type { Story } from "../story.ts"
import { toLine } from "./cut.ts"
import { parseTemplate, renderTemplate, TemplateError } from "./engine.ts"
import { type Text, toProductText } from "./product.ts"
import { toVariables, type Variables } from "./variables.ts"

export interface TextsDeps {
  /** The user's own, or undefined. */
  readTemplate: (
    kind: MessageKind,
    channel: ChannelKind,
    language: Language,
  ) => Promise<{ subject?: string; body: string } | undefined>
  /** A user's template failed: the product's is sent instead. */
  onFault: (why: string) => void
}

export interface Said {
  subject: string
  text: string
}

const MOST_SUBJECT = 250

export function createTexts({ readTemplate, onFault }: TextsDeps): (story: Story) => Promise<Said> {
  return async (story) => {
    const { kind, channel, language } = story
    const variables = toVariables(story)
    const product = toProductText(kind, channel, language)
    const own = await readTemplate(kind, channel, language)
    if (!own) return render(product, variables)
    try {
      return render({ subject: own.subject || product.subject, body: own.body }, variables)
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error
      onFault(`cannot use the template of ${kind} on ${channel} in ${language}: ${error.message}`)
      return render(product, variables)
    }
  }
}

function render({ subject, body }: Text, variables: Variables): Said {
  return {
    subject: toLine(renderTemplate(parseTemplate(subject), variables)).slice(0, MOST_SUBJECT),
    text: renderTemplate(parseTemplate(body), variables)
      .replace(/\n{3,}/g, "\n\n")
      .trim(),
  }
}
