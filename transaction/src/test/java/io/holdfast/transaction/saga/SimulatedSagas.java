package io.holdfast.transaction.saga;

import io.holdfast.fence.StaleTokenException;
import io.holdfast.lock.FencingToken;
import io.holdfast.spi.Context;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** A database with sagas of one definition. */
final class SimulatedSagas {

  private final Context context;
  private final boolean fenced;
  private final Consumer<String> violations;
  private final TreeMap<String, Saga> sagas = new TreeMap<>();
  private FencingToken sealed = FencingToken.NONE;

  SimulatedSagas(Context context, boolean fenced, Consumer<String> violations) {
    this.context = context;
    this.fenced = fenced;
    this.violations = violations;
  }

  Context context() {
    return context;
  }

  void start(Saga saga) {
    sagas.put(saga.id(), saga);
  }

  void seal(FencingToken token) {
    if (token.compareTo(sealed) < 0) {
      throw new StaleTokenException("sagas", token);
    }
    if (!token.equals(sealed)) {
      sealed = token;
      sagas.replaceAll(
          (id, saga) ->
              saga.state() == SagaState.RUNNING && saga.called()
                  ? saga.dueAt(Instant.EPOCH)
                  : saga);
    }
  }

  List<Saga> due(Instant now, int most) {
    return sagas.values().stream()
        .filter(saga -> saga.state() == SagaState.RUNNING && !saga.due().isAfter(now))
        .sorted(Comparator.comparing(Saga::due))
        .limit(most)
        .toList();
  }

  Optional<Saga> find(String id) {
    return Optional.ofNullable(sagas.get(id));
  }

  boolean save(FencingToken token, Saga changed) {
    if (!token.equals(sealed)) {
      if (fenced) {
        throw new StaleTokenException("sagas", token);
      }
      violations.accept("one who was succeeded has stored a change");
    }
    return replace(changed);
  }

  /** As an operator does, too: nobody overwrites what he has not seen. */
  boolean replace(Saga changed) {
    Saga there = Objects.requireNonNull(sagas.get(changed.id()));
    if (there.change() + 1 != changed.change()) {
      return false;
    }
    sagas.put(changed.id(), changed);
    return true;
  }

  Collection<Saga> all() {
    return sagas.values();
  }
}
