package io.holdfast.payment.ledger.internal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Which rows of a shard may have been changed since this was looked at last. Thread-safe: guarded
 * by itself.
 */
final class TouchedRows {

  /** Tables whose rows change, by their keys within a shard. */
  enum Table {
    ACCOUNT,
    OPERATION,
    HOLD,
    DOCUMENT,
    EVENT;

    /** The columns of the key, without the shard. */
    List<String> key() {
      return switch (this) {
        case OPERATION -> List.of("caller", "scope", "key");
        case EVENT -> List.of("seq", "number");
        default -> List.of("id");
      };
    }

    String sqlName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private Map<Table, Set<List<String>>> keys = new LinkedHashMap<>();
  private boolean inDoubt;

  /** What a batch has changed, or may have changed. */
  synchronized void add(ShardBooks books) {
    books.changedAccounts.forEach(id -> add(Table.ACCOUNT, id));
    books.system.keySet().forEach(id -> add(Table.ACCOUNT, id));
    books.changedOperations.forEach(
        each -> add(Table.OPERATION, each.caller(), each.scope(), each.key()));
    books.changedHolds.forEach(id -> add(Table.HOLD, id));
    books.changedDocuments.forEach(id -> add(Table.DOCUMENT, id));
    books.toldEvents.forEach(each -> add(Table.EVENT, "" + each.seq(), "" + each.number()));
  }

  private void add(Table table, String... key) {
    keys.computeIfAbsent(table, none -> new HashSet<>()).add(List.of(key));
  }

  /** A batch may be committed later than it was recorded. */
  synchronized void doubt() {
    inDoubt = true;
  }

  synchronized boolean isInDoubt() {
    return inDoubt;
  }

  synchronized int size() {
    return keys.values().stream().mapToInt(Set::size).sum();
  }

  /** Takes what is there. */
  synchronized Map<Table, List<List<String>>> drain() {
    Map<Table, List<List<String>>> drained = new LinkedHashMap<>();
    keys.forEach((table, some) -> drained.put(table, new ArrayList<>(some)));
    keys = new LinkedHashMap<>();
    return drained;
  }
}
