package io.holdfast.registry;

/** An entry is not an instance in the {@link RegistryFormat} at hand; the message says why. */
public final class MalformedInstanceException extends Exception {

  private static final long serialVersionUID = 1;

  /** With what is wrong; without the text that was found, which may hold anything. */
  public MalformedInstanceException(String message) {
    super(message);
  }
}
