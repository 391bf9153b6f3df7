package io.holdfast.lock;

import java.util.stream.Collectors;

/** A hold that was to be relied on is not, or not provably, there any more. */
public final class LockLostException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** With which lock, and why. */
  public LockLostException(String message) {
    super(message);
  }

  /** Of a hold that {@link LockGrant#isHeld} is not true of. */
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
