package io.holdfast.transaction.outbox;

import io.holdfast.fence.StaleTokenException;
import io.holdfast.lock.FencingToken;
import io.holdfast.spi.Context;
import io.holdfast.transaction.outbox.PendingMessage.Standing;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A database with an outbox. Positions are given when a message is appended and seen when its
 * transaction commits, so they are seen out of their order; but whoever appends to a key keeps
 * others from appending to it until the transaction ends.
 */
final class SimulatedOutbox {

  enum State {
    READY,
    WAITING,
    DUE_AGAIN,
    PARKED,
    DELIVERED
  }

  private static final class Row {
    private final Message message;
    private State state = State.READY;
    private int attempts;
    private Instant due = Instant.MIN;

    Row(Message message) {
      this.message = message;
    }
  }

  /** A local transaction that has appended one message. */
  record Open(long position, Message message) {}

  private final Context context;
  private final boolean fenced;
  private final Consumer<String> violations;
  private final TreeMap<Long, Row> rows = new TreeMap<>();
  private final Set<String> lockedKeys = new HashSet<>();
  private FencingToken sealed = FencingToken.NONE;
  private long positions;

  /** The order in which the transactions of each key committed. */
  private final Map<String, List<Message>> committed = new HashMap<>();

  SimulatedOutbox(Context context, boolean fenced, Consumer<String> violations) {
    this.context = context;
    this.fenced = fenced;
    this.violations = violations;
  }

  Context context() {
    return context;
  }

  /** Empty if it would have to wait for another that appends to the key. */
  Optional<Open> append(Message message) {
    if (message.key().isPresent() && !lockedKeys.add(message.key().get())) {
      return Optional.empty();
    }
    return Optional.of(new Open(++positions, message));
  }

  void end(Open transaction, boolean commit) {
    Message message = transaction.message();
    message.key().ifPresent(lockedKeys::remove);
    if (commit) {
      rows.put(transaction.position(), new Row(message));
      committed.computeIfAbsent(message.key().orElse(""), none -> new ArrayList<>()).add(message);
    }
  }

  Map<String, List<Message>> committed() {
    return committed;
  }

  void seal(FencingToken token) {
    if (token.compareTo(sealed) < 0) {
      throw new StaleTokenException("outbox", token);
    }
    sealed = token;
  }

  List<PendingMessage> pending(OutboxStore.Busy without, int most, Instant now) {
    List<PendingMessage> found = new ArrayList<>();
    int ready = 0;
    for (Map.Entry<Long, Row> each : rows.entrySet()) {
      Row row = each.getValue();
      if (without.positions().contains(each.getKey())
          || without.keys().contains(row.message.key().orElse(""))) {
        continue;
      }
      if (row.state == State.DUE_AGAIN && !row.due.isAfter(now)) {
        found.add(seen(each.getKey(), row, Standing.DUE_AGAIN));
      } else if (row.state == State.READY && ready++ < most) {
        found.add(seen(each.getKey(), row, standing(row)));
      }
    }
    return found;
  }

  private static PendingMessage seen(long position, Row row, Standing standing) {
    return new PendingMessage(position, row.message, row.attempts, standing);
  }

  private Standing standing(Row row) {
    return isHeldBack(row) ? Standing.BEHIND_ANOTHER : Standing.FREE;
  }

  private boolean isHeldBack(Row row) {
    return row.message.key().isPresent()
        && rows.values().stream()
            .filter(other -> other.message.key().equals(row.message.key()))
            .anyMatch(
                other ->
                    other.state == State.WAITING
                        || other.state == State.DUE_AGAIN
                        || other.state == State.PARKED);
  }

  void mark(FencingToken token, List<DeliveryMark> marks) {
    if (!token.equals(sealed)) {
      if (fenced) {
        throw new StaleTokenException("outbox", token);
      }
      violations.accept("a mark of a relay that was succeeded took effect");
    }
    marks.forEach(this::mark);
  }

  private void mark(DeliveryMark mark) {
    Row row = Objects.requireNonNull(rows.get(mark.position()));
    if (mark instanceof DeliveryMark.Waiting) {
      if (row.state == State.READY && isHeldBack(row)) {
        row.state = State.WAITING;
      }
      return;
    }
    if (row.state != State.READY && row.state != State.DUE_AGAIN) {
      return;
    }
    if (mark instanceof DeliveryMark.Delivered) {
      boolean wasHead = row.state == State.DUE_AGAIN;
      row.state = State.DELIVERED;
      if (wasHead) {
        promoteNext(row);
      }
    } else if (mark instanceof DeliveryMark.TryAgain again) {
      if (row.attempts < again.attempts()) {
        row.state = State.DUE_AGAIN;
        row.attempts = again.attempts();
        row.due = again.due();
      }
    } else if (mark instanceof DeliveryMark.Parked parked) {
      row.state = State.PARKED;
      row.attempts = parked.attempts();
    }
  }

  private void promoteNext(Row before) {
    rows.values().stream()
        .filter(row -> row.state == State.WAITING)
        .filter(row -> row.message.key().equals(before.message.key()))
        .findFirst()
        .ifPresent(
            next -> {
              next.state = State.DUE_AGAIN;
              next.due = Instant.MIN;
            });
  }

  /** As an operator does who has mended what was wrong. */
  void resumeParked() {
    rows.values().stream()
        .filter(row -> row.state == State.PARKED)
        .forEach(
            row -> {
              row.state = State.DUE_AGAIN;
              row.attempts = 0;
              row.due = Instant.MIN;
            });
  }

  boolean allDelivered() {
    return rows.values().stream().allMatch(row -> row.state == State.DELIVERED);
  }

  Map<State, Long> states() {
    Map<State, Long> states = new TreeMap<>();
    rows.values().forEach(row -> states.merge(row.state, 1L, Long::sum));
    return states;
  }
}
