package io.holdfast.gateway.dns;

/** How a query went. */
enum ResponseCode {
  NO_ERROR(0),
  FORMAT_ERROR(1),
  SERVER_FAILURE(2),
  NAME_ERROR(3),
  NOT_IMPLEMENTED(4),
  REFUSED(5),
  /** Needs an OPT record in the answer, which holds the upper bits. */
  BAD_VERSION(16);

  private static final int LOWER_BITS = 4;

  private final int code;

  ResponseCode(int code) {
    this.code = code;
  }

  /** The bits that stand in the header. */
  int inHeader() {
    return code & (1 << LOWER_BITS) - 1;
  }

  /** The bits that stand in the OPT record. */
  int inOptions() {
    return code >> LOWER_BITS;
  }
}
