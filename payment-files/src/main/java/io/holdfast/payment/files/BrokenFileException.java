package io.holdfast.payment.files;

import java.io.IOException;

/** A file that cannot be read on: no XML, XML that may do harm, or not the message. */
final class BrokenFileException extends IOException {

  private static final long serialVersionUID = 1;

  private final long line;
  private final String what;

  BrokenFileException(long line, String message) {
    super(message);
    this.line = line;
    this.what = message;
  }

  long line() {
    return line;
  }

  /** For people. */
  String what() {
    return what;
  }
}
