package io.holdfast.payment.load;

import io.holdfast.payment.audit.Journal;
import io.holdfast.payment.audit.Journal.Verdict;
import io.holdfast.payment.http.Headers;
import io.holdfast.payment.http.InstructionJson;
import io.holdfast.payment.http.Peer;
import io.holdfast.payment.http.Peer.Attempt;
import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.ledger.Instruction;
import io.holdfast.payment.ledger.ShardMap;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Sends requests as a good client does: notes them first, then tries under the same key, at
 * whatever node it is given, until the answer is definite or its patience ends.
 */
final class PaymentClient {

  private static final Duration ATTEMPT = Duration.ofSeconds(10);
  private static final long PAUSE_MILLIS = 100;

  /** Client errors that say nothing of the request itself: time-out, misdirected, too many. */
  private static final Set<Integer> NOT_DEFINITE = Set.of(408, 421, 425, 429);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();
  private final Supplier<Optional<Peer>> nodes;
  private final ShardMap map;
  private final Journal journal;
  private final LoadRecord record;
  private final Duration patience;

  PaymentClient(
      Supplier<Optional<Peer>> nodes,
      ShardMap map,
      Journal journal,
      LoadRecord record,
      Duration patience) {
    this.nodes = nodes;
    this.map = map;
    this.journal = journal;
    this.record = record;
    this.patience = patience;
  }

  private enum Outcome {
    ACKNOWLEDGED,
    REFUSED,
    /** Certainly not done: nobody was reached. */
    NOT_SENT,
    UNKNOWN
  }

  /**
   * Sends one request until its answer is definite.
   *
   * @param dueNanos when it should have been sent: its latency counts from there
   */
  Verdict send(IdempotencyKey key, Instruction instruction, long dueNanos)
      throws InterruptedException {
    journal.asked(key, instruction);
    long begun = System.nanoTime();
    boolean wasUnknown = false;
    Verdict verdict = Verdict.UNRESOLVED;
    do {
      Outcome outcome = attempt(key, instruction);
      if (outcome == Outcome.ACKNOWLEDGED || outcome == Outcome.REFUSED) {
        verdict = outcome == Outcome.REFUSED ? Verdict.REFUSED : Verdict.ACKNOWLEDGED;
        break;
      }
      wasUnknown |= outcome == Outcome.UNKNOWN;
      record.retried();
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    } while (System.nanoTime() - begun < patience.toNanos());
    journal.told(key, verdict);
    record.took(System.nanoTime() - dueNanos);
    count(verdict, wasUnknown, map.shardOf(instruction.account()), begun);
    return verdict;
  }

  private void count(Verdict verdict, boolean wasUnknown, int shard, long begun) {
    switch (verdict) {
      case ACKNOWLEDGED -> record.acknowledged(shard, begun);
      case REFUSED -> record.refused();
      case UNRESOLVED -> record.unresolved();
    }
    if (wasUnknown && verdict != Verdict.UNRESOLVED) {
      record.unknownResolved();
    }
  }

  private Outcome attempt(IdempotencyKey key, Instruction instruction) throws InterruptedException {
    Optional<Peer> node = nodes.get();
    if (node.isEmpty()) {
      return Outcome.NOT_SENT;
    }
    Peer peer = node.get();
    try {
      int status = http.send(request(peer, key, instruction), BODY_READ).statusCode();
      peer.finished(status < 500 ? Attempt.ANSWERED : Attempt.FAILED);
      return judge(status);
    } catch (ConnectException e) {
      peer.finished(Attempt.FAILED);
      return Outcome.NOT_SENT;
    } catch (IOException e) {
      peer.finished(Attempt.FAILED);
      return Outcome.UNKNOWN;
    } catch (InterruptedException e) {
      peer.finished(Attempt.FAILED);
      throw e;
    }
  }

  private static final HttpResponse.BodyHandler<String> BODY_READ =
      HttpResponse.BodyHandlers.ofString();

  private static HttpRequest request(Peer peer, IdempotencyKey key, Instruction instruction) {
    String path = InstructionJson.path(instruction);
    return HttpRequest.newBuilder(URI.create("http://" + peer.host() + ":" + peer.port() + path))
        .timeout(ATTEMPT)
        .header(Headers.IDEMPOTENCY_KEY, key.value())
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(InstructionJson.write(instruction).encode()))
        .build();
  }

  private static Outcome judge(int status) {
    if (status == 200 || status == 201) {
      return Outcome.ACKNOWLEDGED;
    }
    if (status >= 400 && status < 500 && !NOT_DEFINITE.contains(status)) {
      return Outcome.REFUSED;
    }
    return Outcome.UNKNOWN;
  }
}
