package io.holdfast.payment.ledger.internal;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.Catalogue;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.DueWork;
import io.holdfast.payment.ledger.InFlightException;
import io.holdfast.payment.ledger.Json;
import io.holdfast.payment.ledger.Reply;
import io.holdfast.payment.ledger.StaleOwnerException;
import io.holdfast.payment.ledger.Submission;
import io.holdfast.payment.ledger.Trace;
import io.holdfast.payment.ledger.internal.Effects.DocumentRow;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks, again and again, for documents that are due in the shards that this process owns, and has
 * their work done. It begins when a shard is sealed and ends with its ownership; what was not
 * finished by then, the next owner finds. One that cannot be done now, or is refused, is tried
 * again, later each time.
 */
final class DueRunner implements AutoCloseable {

  /** How requests get into the ledger. */
  interface Executor {
    <R extends Record> CompletableFuture<Reply> execute(Submission<R> submission, Trace trace);

    /** Of what is done about a document. */
    Trace trace(DocumentRow about);
  }

  private static final Logger LOG = LoggerFactory.getLogger(DueRunner.class);
  private static final long LOOK_MILLIS = 500;
  private static final long BUSY_LOOK_MILLIS = 20;
  private static final int AT_ONCE = 128;
  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final int MOST_DOUBLINGS = 9;

  private final Catalogue catalogue;
  private final Collection<LedgerDatabase> databases;
  private final Supplier<Set<Integer>> owned;
  private final Executor executor;
  private final InstantSource clock;
  private final Set<String> underWay = ConcurrentHashMap.newKeySet();

  /** Those that could not be done, by id. */
  private final Map<String, Retry> retries = new ConcurrentHashMap<>();

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "ledger-due");
            made.setDaemon(true);
            return made;
          });

  /** How often it was tried, and when it may be tried again on the monotonic clock. */
  private record Retry(int tries, long notBefore) {}

  DueRunner(
      Catalogue catalogue,
      Collection<LedgerDatabase> databases,
      Supplier<Set<Integer>> owned,
      Executor executor,
      InstantSource clock) {
    this.catalogue = catalogue;
    this.databases = List.copyOf(databases);
    this.owned = owned;
    this.executor = executor;
    this.clock = clock;
    thread.schedule(this::round, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void round() {
    boolean more = false;
    try {
      for (LedgerDatabase database : databases) {
        more |= look(database);
      }
    } catch (RuntimeException e) {
      LOG.debug("could not look for what is due; the next look comes soon", e);
    } finally {
      if (!thread.isShutdown()) {
        thread.schedule(this::round, more ? BUSY_LOOK_MILLIS : LOOK_MILLIS, TimeUnit.MILLISECONDS);
      }
    }
  }

  /** True if there is more to do than can be done at once. */
  private boolean look(LedgerDatabase database) {
    List<Integer> mine = owned.get().stream().filter(database::owns).toList();
    int room = AT_ONCE - underWay.size();
    if (mine.isEmpty() || room <= 0) {
      return room <= 0;
    }
    List<String> later = notNow();
    List<DocumentRow> due = new ArrayList<>();
    database.run(
        connection -> {
          new Message(connection)
              .query(
                  row -> due.add(BatchReader.document(row).value()),
                  BatchReader.DOCUMENT
                      + "WHERE d.due <= ?::timestamptz AND d.shard = ANY (?)"
                      + " AND d.locked_by IS NULL AND d.id <> ALL (?) ORDER BY d.due LIMIT ?",
                  clock.instant().toString(),
                  connection.createArrayOf("int4", mine.toArray()),
                  connection.createArrayOf("text", later.toArray()),
                  room)
              .run();
          return true;
        });
    due.forEach(this::begin);
    return due.size() == room;
  }

  private List<String> notNow() {
    long now = System.nanoTime();
    List<String> ids = new ArrayList<>(underWay);
    retries.forEach(
        (id, retry) -> {
          if (retry.notBefore() - now > 0) {
            ids.add(id);
          }
        });
    return ids;
  }

  private void begin(DocumentRow row) {
    Optional<DueWork<?>> work = catalogue.work(row.kind());
    if (work.isEmpty()) {
      LOG.warn("{} is due, and no scenario here knows what to do about it", row.id());
      later(row.id());
    } else if (underWay.add(row.id())) {
      begin(work.get(), row)
          .whenComplete(
              (done, failure) -> {
                if (failure == null && done) {
                  retries.remove(row.id());
                } else {
                  if (failure != null) {
                    tell(row.id(), failure);
                  }
                  later(row.id());
                }
                underWay.remove(row.id());
              });
    }
  }

  private <T extends Record> CompletableFuture<Boolean> begin(DueWork<T> work, DocumentRow row) {
    try {
      Document<T> document =
          new Document<>(
              new DocumentId(row.id()),
              new AccountId(row.account()),
              row.other().map(AccountId::new),
              row.due(),
              Json.read(row.body(), work.kind().type()));
      Trace trace = executor.trace(row);
      return work.due(document, trace)
          .toCompletableFuture()
          .thenCompose(
              asked ->
                  asked.isEmpty()
                      ? CompletableFuture.completedFuture(false)
                      : ask(asked.get(), row, trace)
                          .whenComplete((done, failure) -> trace.end(failure != null)));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * A refusal stands under its key for ever, and what was refused may go otherwise later. So what
   * was refused before is asked under another key as well.
   */
  private <R extends Record> CompletableFuture<Boolean> ask(
      Submission<R> asked, DocumentRow row, Trace trace) {
    trace.named(asked.operation().type());
    return executor
        .execute(asked, trace)
        .thenCompose(
            reply ->
                reply.refusal().isPresent() && reply.origin() != Reply.Origin.EXECUTED
                    ? executor
                        .execute(RefusedWork.again(asked, row.due(), clock.instant()), trace)
                        .thenApply(anew -> isDone(row.id(), anew))
                    : CompletableFuture.completedFuture(isDone(row.id(), reply)));
  }

  private static boolean isDone(String id, Reply reply) {
    // An answer that was there before says nothing about what is due now.
    boolean executed = reply.origin() == Reply.Origin.EXECUTED;
    if (executed) {
      reply
          .refusal()
          .ifPresent(why -> LOG.warn("what was due about {} is refused: {}", id, why.code()));
    }
    return executed && reply.refusal().isEmpty();
  }

  private static void tell(String id, Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof StaleOwnerException || cause instanceof InFlightException) {
      LOG.debug("what is due about {} is not for now", id, cause);
    } else {
      LOG.warn("what is due about {} could not be done now: {}", id, cause.toString());
    }
  }

  /** With a pause that doubles, less up to a half of it. */
  private void later(String id) {
    Retry last = retries.getOrDefault(id, new Retry(0, 0));
    long pause = FIRST_PAUSE_NANOS << Math.min(last.tries(), MOST_DOUBLINGS);
    long jittered = ThreadLocalRandom.current().nextLong(pause / 2, pause + 1);
    retries.put(id, new Retry(last.tries() + 1, System.nanoTime() + jittered));
    if (retries.size() > 100 * AT_ONCE) {
      retries.clear();
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
