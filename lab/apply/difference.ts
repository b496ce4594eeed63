/** A way in which a site of the lab is not what the plan would bring up. */
export interface Difference {
  /** What differs: an image, an object, a program. */
  readonly subject: string;
  /** What is there in its place. */
  readonly what: string;
  /** Why; a drill that relies on it is to be read with this in mind. */
  readonly why: string;
}
