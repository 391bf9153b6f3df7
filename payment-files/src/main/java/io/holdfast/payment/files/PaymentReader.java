package io.holdfast.payment.files;

import java.io.IOException;
import java.util.Optional;

/** The second pass over a file that was checked: hands on each payment. */
final class PaymentReader implements PainHandler {

  /** Takes one payment after the other. */
  interface Sink {
    void accept(Payment payment) throws IOException;
  }

  private final Faults faults = new Faults();
  private final PaymentRules rules;
  private final Sink sink;

  private PaymentReader(AccountNames accounts, Sink sink) {
    this.rules = new PaymentRules(accounts, Optional.empty(), faults);
    this.sink = sink;
  }

  /**
   * Reads all payments.
   *
   * @throws IOException if the file cannot be read, or changed since, or the sink throws it
   */
  static void read(PinnedFile file, AccountNames accounts, Sink sink) throws IOException {
    PaymentReader reader = new PaymentReader(accounts, sink);
    try {
      PainParser.parse(file.read(), reader, reader.faults);
    } catch (BrokenFileException e) {
      throw new IOException("line " + e.line() + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void header(Fields header) {
    rules.header(header);
  }

  @Override
  public void paymentInfo(Fields info) {
    rules.paymentInfo(info);
  }

  @Override
  public void transfer(Fields transfer) throws IOException {
    Payment payment =
        rules
            .transfer(transfer)
            .filter(found -> faults.isEmpty())
            .orElseThrow(
                () -> new IOException("line " + transfer.line() + ": not as it was checked"));
    sink.accept(payment);
  }
}
