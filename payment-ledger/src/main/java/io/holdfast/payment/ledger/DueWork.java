package io.holdfast.payment.ledger;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * What is to be done about documents of a kind when they are due: expiry, an instalment, a call to
 * somebody outside. Done by the owner of the shard while it is that; begun again by the next owner.
 *
 * @param <T> the body of the documents
 */
public interface DueWork<T extends Record> {

  /** Which documents. */
  DocumentKind<T> kind();

  /**
   * Says what is to be asked of the ledger about a document that is due, after whatever has to be
   * done outside. Its request should leave the document not due, or due later; while it does not,
   * this is called again, later each time. A request that was refused is made again under keys of
   * its own, after some seconds, minutes, and then every hour; so it must look at the document, and
   * not rely on its key, for what is done already.
   *
   * <p>May be called several times for the same state, also by two owners at once when one is
   * paused; so what it does outside must be idempotent there.
   *
   * @return completes with what to ask; empty to look again later. Must not block
   */
  CompletionStage<Optional<Submission<?>>> due(Document<T> document);

  /** The same, which tells the trace of what it does outside. */
  default CompletionStage<Optional<Submission<?>>> due(Document<T> document, Trace trace) {
    return due(document);
  }
}
