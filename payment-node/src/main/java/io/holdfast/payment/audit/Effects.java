package io.holdfast.payment.audit;

import io.holdfast.payment.ledger.ShardMap;
import io.holdfast.payment.old.Instruction;
import io.holdfast.payment.old.OpenAccount;
import io.holdfast.payment.old.Transfer;
import java.util.ArrayList;
import java.util.List;

/** The entries an instruction must have if it was booked, and how those found differ from them. */
final class Effects {

  /** One entry, as much of it as the auditor cares for. */
  record Effect(String account, int shard, long amount) {}

  private Effects() {}

  static List<Effect> proper(Instruction instruction, ShardMap map) {
    if (instruction instanceof OpenAccount opening) {
      long amount = opening.openingBalance().minorUnits();
      int shard = map.shardOf(opening.account());
      String equity = "equity:" + shard + ":" + opening.openingBalance().code();
      return amount == 0
          ? List.of()
          : List.of(
              new Effect(opening.account().value(), shard, amount),
              new Effect(equity, shard, -amount));
    }
    Transfer transfer = (Transfer) instruction;
    long amount = transfer.amount().minorUnits();
    int from = map.shardOf(transfer.from());
    int to = map.shardOf(transfer.to());
    List<Effect> effects = new ArrayList<>();
    effects.add(new Effect(transfer.from().value(), from, -amount));
    effects.add(new Effect(transfer.to().value(), to, amount));
    if (from != to) {
      String currency = transfer.amount().code();
      effects.add(new Effect("clearing:" + from + ":" + currency, from, amount));
      effects.add(new Effect("clearing:" + to + ":" + currency, to, -amount));
    }
    return effects;
  }

  /** What is in {@code these} beyond {@code those}, as multisets. */
  static List<Effect> beyond(List<Effect> these, List<Effect> those) {
    List<Effect> rest = new ArrayList<>(these);
    those.forEach(rest::remove);
    return rest;
  }
}
