package io.holdfast.lock;

import java.util.stream.Collectors;

/** A hold is lost, or can no longer be proven. The caller must not rely on it. */
public final class LockLostException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** With which lock, and why. */
  public LockLostException(String message) {
    super(message);
  }

  /** For a hold whose {@link LockGrant#isHeld} is false. */
  public static LockLostException notHeld(LockGrant grant) {
    return new LockLostException(
        "lock "
            + grant.names().stream().map(LockName::toString).collect(Collectors.joining(" and "))
            + " is "
            + grant.state()
            + ", not provably held: stop, and write nothing more under token "
            + grant.token());
  }

  static void throwUnlessHeld(LockGrant grant) {
    if (!grant.isHeld()) {
      throw notHeld(grant);
    }
  }
}
