package io.holdfast.payment.files;

import java.io.IOException;

/** What {@link PainParser} finds, in the order of the file. */
interface PainHandler {

  /** The root element: which message it is. */
  default void message(PainVersion version, String name) throws IOException {}

  /** The group header. */
  void header(Fields header) throws IOException;

  /** The beginning of a payment information block: all of it but its transactions. */
  void paymentInfo(Fields info) throws IOException;

  /** One credit transfer of that block. */
  void transfer(Fields transfer) throws IOException;

  /** The end of the block. */
  default void endOfPaymentInfo() throws IOException {}
}
