package io.holdfast.config;

/**
 * A setting is missing, or is not what the program expects. The message does not hold its value.
 */
public final class InvalidConfigException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** With the setting and what was expected. */
  public InvalidConfigException(String message) {
    super(message);
  }
}
