package io.holdfast.coordination;

/**
 * What stands under a key of ours was written by somebody else, or by mistake, and means nothing to
 * us. It was not done, and trying again changes nothing until somebody repairs the key. The message
 * says which key, what stands there, and what to do.
 */
public final class UnreadableException extends CoordinationException {

  private static final long serialVersionUID = 1;

  /** With the key, what stands there, and what to do. */
  public UnreadableException(String message) {
    super(message);
  }
}
