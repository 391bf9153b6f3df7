package io.holdfast.payment.scenario.topup.reconciliation;

import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.scenario.topup.TopUp;
import java.io.IOException;
import java.time.LocalDate;
import java.util.Optional;
import java.util.function.BiConsumer;

/** The top-ups of a ledger, as a reconciliation reads them. Blocks. */
public interface BookedTopUps {

  /**
   * Hands over those that were charged, charged back or given back on a day in UTC, or asked for on
   * that day and are of unknown outcome, each once, in any order.
   *
   * @throws IOException if not all of them could be read
   */
  void forEach(LocalDate day, BiConsumer<DocumentId, TopUp> to) throws IOException;

  /**
   * Finds one.
   *
   * @throws IOException if it could not be looked for everywhere
   */
  Optional<TopUp> find(DocumentId id) throws IOException;
}
