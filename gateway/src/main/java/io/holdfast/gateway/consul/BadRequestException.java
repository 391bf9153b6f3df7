package io.holdfast.gateway.consul;

/** The client asked for something that is not served; the message is for it. */
final class BadRequestException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final int status;

  BadRequestException(int status, String message) {
    super(message);
    this.status = status;
  }

  BadRequestException(String message) {
    this(400, message);
  }

  int status() {
    return status;
  }
}
