package io.holdfast.cli.kubernetes;

import java.io.IOException;

/** An answer has more bytes than any that is wanted. */
final class TooLongException extends IOException {

  private static final long serialVersionUID = 1L;

  TooLongException(String message) {
    super(message);
  }
}
