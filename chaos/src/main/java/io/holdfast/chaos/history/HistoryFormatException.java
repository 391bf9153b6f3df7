package io.holdfast.chaos.history;

/** A history that is not one: what is wrong with it, and where. */
public final class HistoryFormatException extends IllegalArgumentException {

  private static final long serialVersionUID = 1;

  /** With what is wrong. */
  public HistoryFormatException(String message) {
    super(message);
  }

  /** With what is wrong, and what it came from. */
  public HistoryFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
