/** What a page says, without its markup, style and script. For pages of ours alone: they write every tag in one way. */
export const textOf = (html: string): string =>
  html
    .replaceAll(/<(style|script|title|noscript)>[\s\S]*?<\/\1>/g, ' ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');
