package io.holdfast.payment.files;

/**
 * The node does not deal with us at all, or is no payment node: asking for other payments is of no
 * use.
 */
final class NodeRefusesException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final String why;

  NodeRefusesException(String why) {
    super(why);
    this.why = why;
  }

  /** For people. */
  String why() {
    return why;
  }
}
