/** Whether there is such a place on earth. */
export const isPlace = ({ lat, lng }: { lat: number; lng: number }): boolean =>
  Math.abs(lat) <= 90 && Math.abs(lng) <= 180

/** Nobody is told more than a hundred metres; never 0. */
export const toHundreds = (metres: number): number => Math.max(1, Math.ceil(metres / 100)) * 100
