package io.holdfast.lock;

/**
 * A hold for reading cannot become one for writing. It is not lost: release it, acquire the lock
 * for writing, and read again.
 */
public final class UpgradeRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  public UpgradeRefusedException(String message) {
    super(message + "; release the hold, acquire one for writing, and read again");
  }
}
