package io.holdfast.lock;

/**
 * A hold for reading cannot become one for writing. It is not lost; who has to write releases it,
 * acquires the lock for writing, and reads again.
 */
public final class UpgradeRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  public UpgradeRefusedException(String message) {
    super(message + "; release the hold, acquire one for writing, and read again");
  }
}
