// What a mesh cannot be rendered for; the message says what to do.

export class CannotRender extends Error {
  override name = 'CannotRender';
}
