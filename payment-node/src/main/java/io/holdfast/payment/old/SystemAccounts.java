package io.holdfast.payment.old;

import java.sql.PreparedStatement;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The accounts on the other side: one clearing and one equity account per shard and currency.
 *
 * <p>Made when first needed, in a transaction of their own: inside a transfer, two of them made in
 * different orders would deadlock. An account without entries says nothing, so one too many does no
 * harm and needs no fence.
 */
final class SystemAccounts {

  public enum Kind {
    CLEARING,
    EQUITY;

    String account(int shard, String currency) {
      return name().toLowerCase(Locale.ROOT) + ":" + shard + ":" + currency;
    }
  }

  private final SqlTransactions transactions;
  private final Set<String> known = ConcurrentHashMap.newKeySet();

  SystemAccounts(SqlTransactions transactions) {
    this.transactions = transactions;
  }

  void ensure(Kind kind, int shard, String currency) {
    String id = kind.account(shard, currency);
    if (known.contains(id)) {
      return;
    }
    transactions.run(
        connection -> {
          try (PreparedStatement insert =
              connection.prepareStatement(
                  "INSERT INTO account (id, shard, currency, kind) VALUES (?, ?, ?, ?)"
                      + " ON CONFLICT DO NOTHING")) {
            insert.setString(1, id);
            insert.setInt(2, shard);
            insert.setString(3, currency);
            insert.setString(4, kind.name());
            return insert.executeUpdate();
          }
        });
    known.add(id);
  }
}
