package io.holdfast.payment.load;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.ledger.Json;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Scope;
import io.holdfast.payment.ledger.ShardMap;
import io.holdfast.payment.ledger.audit.ClientJournal.Asked;
import io.holdfast.payment.ledger.audit.ClientJournal.Leg;
import io.holdfast.payment.ledger.audit.RequestKey;
import io.holdfast.payment.scenario.wallet.Transfer;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A request of a load.
 *
 * @param caller who asks, by name
 * @param path where it is asked for
 * @param type of the operation
 * @param scope the account or document that it is about
 * @param key the client's name for it
 * @param body JSON
 * @param legs what it books; empty if nobody knows before
 */
public record LoadRequest(
    String caller,
    String path,
    String type,
    String scope,
    IdempotencyKey key,
    String body,
    Optional<List<Leg>> legs) {

  /** The same as a first operator asks for it: what stands in the path is left out of the body. */
  LoadRequest proposedAt(String actualPath, String actualBody) {
    return new LoadRequest(
        caller, actualPath, "propose-" + type, scope, key, actualBody, Optional.empty());
  }

  /** An operation whose path has no names in braces. */
  public static <R extends Record> LoadRequest of(
      String caller, Operation<R> operation, R request, IdempotencyKey key) {
    return new LoadRequest(
        caller,
        operation.route().path(),
        operation.type(),
        operation.scope(request).name(),
        key,
        Json.write(request),
        request instanceof Transfer.Request transfer
            ? Optional.of(
                List.of(
                    new Leg(transfer.from().value(), transfer.currency(), -transfer.amount()),
                    new Leg(transfer.to().value(), transfer.currency(), transfer.amount())))
            : Optional.empty());
  }

  /** As clients note it down. */
  Asked asked() {
    return new Asked(type, requestKey(), legs);
  }

  RequestKey requestKey() {
    return new RequestKey(caller, scope, key.value());
  }

  /** The shard that executes it. */
  int shard(ShardMap map) {
    return new Scope(scope).shard(map);
  }

  /** That, and those of the clients' accounts that it books at, as far as that is known before. */
  Set<Integer> shards(ShardMap map) {
    Set<Integer> all = new HashSet<>(Set.of(shard(map)));
    for (Leg leg : legs.orElse(List.of())) {
      if (leg.account().indexOf(':') < 0) {
        all.add(map.shardOf(new AccountId(leg.account())));
      }
    }
    return Set.copyOf(all);
  }

  @Override
  public String toString() {
    return type + " " + key + " of " + caller + " about " + scope;
  }
}
