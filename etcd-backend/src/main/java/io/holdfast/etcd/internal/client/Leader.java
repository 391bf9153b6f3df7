package io.holdfast.etcd.internal.client;

import io.etcd.jetcd.Response;
import io.holdfast.spi.Context;
import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Which server leads, as far as that is known. In the context.
 *
 * <p>Every answer names the server that gave it and the term that it was in, but not the leader of
 * that term. So when a term comes up whose leader is not known, whoever answered in it is asked,
 * once. Some releases tell only root; from those nothing more is wanted until the next election.
 * What is known may be out of date at any time: it says who is quick, not who may be believed.
 */
final class Leader {

  /** At least so long lies between two questions; twice as long after each without an answer. */
  static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  /** What etcd says for no member, and before the first term. */
  private static final long NONE = 0;

  /**
   * The answer to the question.
   *
   * @param member the leader's id, 0 if there is none
   * @param term in which it leads
   */
  record Told(long member, long term) {}

  private final Context context;
  private final Function<String, CompletableFuture<Told>> question;
  private final Map<String, Long> members = new HashMap<>();
  private long leader = NONE;
  private long term = NONE;
  private boolean asking;
  private long askedAt;
  private Duration pause = FIRST_PAUSE;

  /**
   * @param question asks the server at a {@code host:port} who leads; the answer comes in the
   *     context, and fails as jetcd does
   */
  Leader(Context context, Function<String, CompletableFuture<Told>> question) {
    this.context = context;
    this.question = question;
    this.askedAt = context.nanoTime() - Durations.nanos(FIRST_PAUSE);
  }

  /** True if the server at a {@code host:port} is the latest leader that is known. */
  boolean isAt(String host) {
    return leader != NONE && members.getOrDefault(host, NONE) == leader;
  }

  /** Notes what an answer says of itself. */
  void answered(String host, Response.Header header) {
    members.put(host, header.getMemberId());
    long now = context.nanoTime();
    if (header.getRaftTerm() != term && !asking && now - askedAt >= Durations.nanos(pause)) {
      asking = true;
      askedAt = now;
      ask(host, header.getRaftTerm());
    }
  }

  private void ask(String host, long inTerm) {
    question
        .apply(host)
        .whenComplete(
            (told, failure) -> {
              asking = false;
              pause = failure == null ? FIRST_PAUSE : Backoff.next(pause, LONGEST_PAUSE);
              if (failure == null) {
                leader = told.member();
                term = leader == NONE ? NONE : told.term();
              } else if (Failures.refusal(failure, host).isPresent()) {
                leader = NONE;
                term = inTerm;
              }
            });
  }
}
