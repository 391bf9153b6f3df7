package io.holdfast.chaos.suite.transfer;

import io.holdfast.coordination.Coordinator;
import io.holdfast.transaction.Mistake;
import io.holdfast.transaction.Outcome;
import io.holdfast.transaction.Outcome.Reason;
import io.holdfast.transaction.Participant;
import io.holdfast.transaction.Transactions;
import io.holdfast.transaction.VisibilityToken;
import io.holdfast.transaction.jdbc.outbox.JdbcInbox;
import io.holdfast.transaction.jdbc.outbox.JdbcOutbox;
import io.holdfast.transaction.jdbc.outbox.JdbcOutboxStore;
import io.holdfast.transaction.outbox.Delivery;
import io.holdfast.transaction.outbox.Message;
import io.holdfast.transaction.outbox.OutboxRelay;
import io.holdfast.transaction.outbox.RelayOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * By an outbox at the first side, which every client relays, and an inbox at the second. Money goes
 * one way only.
 */
final class OutboxTransfer implements TransferMethod {

  static final JdbcOutbox OUTBOX = JdbcOutbox.inTable("outbox");
  static final JdbcInbox INBOX = JdbcInbox.inTable("inbox", Duration.ofHours(1));

  /** Of a balance that would be negative. */
  private static final String CHECK_VIOLATION = "23514";

  /** Shorter than what an answer is held up for at times: then the message comes again. */
  private static final RelayOptions OPTIONS =
      RelayOptions.defaults()
          .withInterval(Duration.ofMillis(200))
          .withAttempts(
              1_000, Duration.ofMillis(50), Duration.ofMillis(400), Duration.ofMillis(150));

  private final TransferDatabase from;
  private final TransferDatabase to;
  private final ClientLifetime life;
  private final Mistake mistake;
  private final JdbcOutboxStore store;
  private final OutboxRelay relay;

  OutboxTransfer(
      Coordinator coordinator, List<TransferDatabase> sides, ClientLifetime life, Mistake mistake) {
    this.from = sides.get(0);
    this.to = sides.get(1);
    this.life = life;
    this.mistake = mistake;
    this.store = OUTBOX.store(from.source());
    this.relay = new OutboxRelay(coordinator, "transfers", store, this::deliver, OPTIONS);
  }

  @Override
  public List<Participant> participants() {
    return List.of();
  }

  @Override
  public CompletableFuture<Outcome> move(Transactions transactions, Transfer transfer) {
    return life.step(() -> CompletableFuture.supplyAsync(() -> send(transfer)))
        .exceptionally(lost -> new Outcome.Unknown(new CompletableFuture<>()))
        .toCompletableFuture();
  }

  private Outcome send(Transfer transfer) {
    try (Connection connection = from.connect()) {
      connection.setAutoCommit(false);
      try {
        Transfer.Change debit = transfer.at(0);
        TransferDatabase.changeBalance(connection, debit.account(), debit.amount());
        TransferDatabase.enter(connection, debit);
        OUTBOX.append(
            connection,
            Message.keyed(
                "transfers", "account-" + transfer.account().get(1), transfer.at(1).encode()));
      } catch (SQLException e) {
        connection.rollback();
        if (CHECK_VIOLATION.equals(e.getSQLState())) {
          return new Outcome.Aborted(Reason.REFUSED, "not enough");
        }
        throw e;
      }
      connection.commit();
      relay.nudge();
      return new Outcome.Committed(new VisibilityToken(Optional.empty()));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private CompletionStage<Delivery> deliver(Message message) {
    return life.step(() -> CompletableFuture.supplyAsync(() -> receive(message)));
  }

  private Delivery receive(Message message) {
    try (Connection connection = to.connect()) {
      connection.setAutoCommit(false);
      try {
        if (mistake == Mistake.RELAYS_TWICE_WITHOUT_AN_INBOX
            || INBOX.isFirst(connection, "ledger", message)) {
          Transfer.Change credit = Transfer.Change.decode(message.body());
          TransferDatabase.enter(connection, credit);
          TransferDatabase.changeBalance(connection, credit.account(), credit.amount());
        }
        connection.commit();
        return new Delivery.Delivered();
      } catch (SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    relay.close();
    store.close();
  }
}
