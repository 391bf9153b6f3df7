package io.holdfast.payment.ledger.audit;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What clients asked for and what they were told, kept at the clients. In memory: it has to outlive
 * the nodes, not the client. Thread-safe.
 */
public final class ClientJournal {

  private final Map<RequestKey, Line> lines = new ConcurrentHashMap<>();
  private final Set<String> complete = ConcurrentHashMap.newKeySet();

  /** What a client was told about one request. */
  public enum Verdict {
    /** Nothing definite, so far or ever. */
    UNKNOWN,
    /** That it is done. */
    DONE,
    /** That it will never be done. */
    REFUSED
  }

  /**
   * An entry that a request must have. Clearing accounts are not told: their entries follow.
   *
   * @param account of a client or the ledger's own, as the books call it
   * @param currency ISO 4217 code
   * @param amount minor units; less than zero is taken out
   */
  public record Leg(String account, String currency, long amount) {}

  /**
   * What was asked.
   *
   * @param type of the operation
   * @param key by what it is known
   * @param legs all entries that it must have, in all shards together; empty if nobody knows
   */
  public record Asked(String type, RequestKey key, Optional<List<Leg>> legs) {

    public Asked {
      legs = legs.map(List::copyOf);
    }

    /** With these entries. */
    public static Asked of(String type, RequestKey key, Leg... legs) {
      return new Asked(type, key, Optional.of(List.of(legs)));
    }
  }

  /**
   * One request.
   *
   * @param asked what was asked
   * @param verdict what was told
   * @param begun when it was noted, by {@link System#nanoTime}
   * @param told when the verdict was, by the same clock; meaningless while it is unknown
   */
  public record Line(Asked asked, Verdict verdict, long begun, long told) {}

  /** From now on, every request of this caller is noted here before it is sent. */
  public void knowsAllOf(String caller) {
    complete.add(caller);
  }

  boolean isAllOf(String caller) {
    return complete.contains(caller);
  }

  /**
   * Notes a request, before it is sent for the first time.
   *
   * @throws IllegalArgumentException if the key was used for another request
   */
  public void asked(Asked request) {
    long now = System.nanoTime();
    Line earlier = lines.putIfAbsent(request.key(), new Line(request, Verdict.UNKNOWN, now, now));
    if (earlier != null && !earlier.asked().equals(request)) {
      throw new IllegalArgumentException("used for another request: " + request.key());
    }
  }

  /**
   * Notes what came back; a definite verdict is final.
   *
   * @throws IllegalArgumentException if nothing was asked under the key
   */
  public void told(RequestKey key, Verdict verdict) {
    lines.compute(
        key,
        (same, line) -> {
          if (line == null) {
            throw new IllegalArgumentException("nothing was asked under " + key);
          }
          return line.verdict() == Verdict.UNKNOWN
              ? new Line(line.asked(), verdict, line.begun(), System.nanoTime())
              : line;
        });
  }

  /** What is noted under a key. */
  public Optional<Line> line(RequestKey key) {
    return Optional.ofNullable(lines.get(key));
  }

  /** Everything, by key; weakly consistent while clients still write. */
  public Map<RequestKey, Line> lines() {
    return Map.copyOf(lines);
  }

  /** How many have this verdict. */
  public long count(Verdict verdict) {
    return lines.values().stream().filter(line -> line.verdict() == verdict).count();
  }
}
