package io.holdfast.coordination;

/**
 * A key of Holdfast holds a value that Holdfast cannot read, because another program wrote it, or
 * by mistake. The request had no effect. Trying again is useless until somebody repairs the key.
 * The message names the key and its value, and says what to do.
 */
public final class UnreadableException extends CoordinationException {

  private static final long serialVersionUID = 1;

  /** With the key, what stands there, and what to do. */
  public UnreadableException(String message) {
    super(message);
  }
}
