package io.holdfast.payment.ledger;

import java.util.List;

/** A part of the business: what can be asked, what is kept, and what is done by itself. */
public interface Scenario {

  /** What people call it. */
  String name();

  /** What can be asked. */
  List<Operation<?>> operations();

  /** What is kept beside the accounts. */
  default List<DocumentKind<?>> documents() {
    return List.of();
  }

  /** What is done by itself. */
  default List<DueWork<?>> work() {
    return List.of();
  }

  /** What must be true of the books. */
  default List<AuditRule> audit() {
    return List.of();
  }
}
