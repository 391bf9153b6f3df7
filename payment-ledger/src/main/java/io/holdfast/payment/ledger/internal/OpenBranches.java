package io.holdfast.payment.ledger.internal;

import io.holdfast.lock.FencingToken;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Branches that a lane has prepared and not ended yet: what their rows say, so that whoever ends
 * one need not read its row first.
 *
 * <p>Only a shard's owner prepares and ends branches, and the lock of the shard's row proves that
 * its token is still the latest. So what was committed by the right of a token stands until it is
 * ended by the right of the same token, here. Of another token, or after a commit with an unknown
 * outcome, only the rows tell.
 *
 * <p>Thread-safe. A shard's branches are used by one thread at a time.
 */
final class OpenBranches {

  /** More are not kept; then their rows are read. */
  private static final int MOST = 20_000;

  private record Open(FencingToken token, BranchBody body) {}

  private final Map<String, Open> open = new ConcurrentHashMap<>();

  /** What a branch has promised; empty if only its row, if any, can tell. */
  Optional<BranchBody> find(String branch, @Nullable FencingToken token) {
    Open found = open.get(branch);
    return found != null && found.token().equals(token)
        ? Optional.of(found.body())
        : Optional.empty();
  }

  /** A batch is committed that has changed a shard by the right of a token. */
  void committed(ShardBooks books, FencingToken token) {
    books.removedBranches.forEach(open::remove);
    for (ShardBooks.BranchRow each : books.putBranches.values()) {
      if (open.size() < MOST) {
        open.put(each.id(), new Open(token, each.body()));
      }
    }
  }

  /** Only the rows can be relied on. */
  void forget() {
    open.clear();
  }
}
