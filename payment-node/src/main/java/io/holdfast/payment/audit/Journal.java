package io.holdfast.payment.audit;

import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.old.Instruction;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What clients asked for and what they were told, kept at the clients. In memory: it has to outlive
 * the nodes, not the client. Thread-safe.
 */
public final class Journal {

  private final Map<IdempotencyKey, Line> lines = new ConcurrentHashMap<>();

  /** What a client was told about one request. */
  public enum Verdict {
    /** Nothing definite, so far or ever. */
    UNRESOLVED,
    /** That it is done. */
    ACKNOWLEDGED,
    /** That it will never be done. */
    REFUSED
  }

  /**
   * One request.
   *
   * @param instruction what was asked
   * @param verdict what was told
   * @param asked when it was noted, by {@link System#nanoTime}
   * @param told when the verdict was, by the same clock; meaningless while it is {@link
   *     Verdict#UNRESOLVED}
   */
  public record Line(Instruction instruction, Verdict verdict, long asked, long told) {}

  /** Notes a request, before it is sent. */
  public void asked(IdempotencyKey key, Instruction instruction) {
    long now = System.nanoTime();
    Line earlier = lines.putIfAbsent(key, new Line(instruction, Verdict.UNRESOLVED, now, now));
    if (earlier != null && !earlier.instruction().equals(instruction)) {
      throw new IllegalArgumentException("the key " + key + " was used for another request");
    }
  }

  /** Notes what came back; a definite verdict is final. */
  public void told(IdempotencyKey key, Verdict verdict) {
    lines.compute(
        key,
        (same, line) -> {
          if (line == null) {
            throw new IllegalArgumentException("nothing was asked under " + key);
          }
          return line.verdict() == Verdict.UNRESOLVED
              ? new Line(line.instruction(), verdict, line.asked(), System.nanoTime())
              : line;
        });
  }

  /** What is noted under a key. */
  public Optional<Line> line(IdempotencyKey key) {
    return Optional.ofNullable(lines.get(key));
  }

  /** Everything, by key; weakly consistent while clients still write. */
  public Map<IdempotencyKey, Line> lines() {
    return Map.copyOf(lines);
  }

  /** How many have this verdict. */
  public long count(Verdict verdict) {
    return lines.values().stream().filter(line -> line.verdict() == verdict).count();
  }
}
