package io.holdfast.payment.files;

/**
 * The node does not deal with us at all, or is no payment node: asking for other payments is of no
 * use.
 */
final class NodeRefusesException extends RuntimeException {

  private static final long serialVersionUID = 1;

  NodeRefusesException(String message) {
    super(message);
  }
}
