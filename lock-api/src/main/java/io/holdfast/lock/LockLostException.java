package io.holdfast.lock;

/** A hold that was to be relied on is not, or not provably, there any more. */
public final class LockLostException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** With which lock, and why. */
  public LockLostException(String message) {
    super(message);
  }

  public static LockLostException notHeld(String lock, GrantState state, FencingToken token) {
    return new LockLostException(
        "lock "
            + lock
            + " is "
            + state
            + ", not provably held: stop, and write nothing more under token "
            + token);
  }
}
