package io.holdfast.payment.scenario.topup.acquirer;

import java.util.List;

/** A settlement file that cannot be relied on: nothing that it says counts. */
public final class SettlementFileException extends Exception {

  private static final long serialVersionUID = 1;

  private final List<String> faults;

  SettlementFileException(List<String> faults) {
    super("the settlement file has faults: " + String.join("; ", faults));
    this.faults = List.copyOf(faults);
  }

  /** What is wrong, each with its line; the first hundred. */
  public List<String> faults() {
    return faults;
  }
}
