package io.holdfast.payment.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.payment.old.Receipt;
import io.holdfast.payment.old.Receipt.Origin;
import io.holdfast.payment.testing.Bank;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many at once. */
class LedgerConcurrencyTest {

  private static final int THREADS = 8;

  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private Bank bank;

  @BeforeEach
  void open() {
    bank = new Bank();
  }

  @AfterEach
  void close() {
    threads.shutdownNow();
    bank.close();
  }

  @Test
  void execute_sameKeyAtOnce_hasOneEffect() throws Exception {
    bank.open("alice", 1_000);
    bank.open("bob", 0);

    for (int round = 0; round < 10; round++) {
      IdempotencyKey key = bank.nextKey();
      List<Future<Receipt>> twins = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        twins.add(threads.submit(() -> bank.execute(Bank.transfer("alice", "bob", 10), key)));
      }
      int executed = 0;
      for (Future<Receipt> twin : twins) {
        Receipt receipt = twin.get(60, TimeUnit.SECONDS);
        assertThat(receipt.refusal()).isEmpty();
        executed += receipt.origin() == Origin.EXECUTED ? 1 : 0;
      }
      assertThat(executed).isEqualTo(1);
    }
    assertThat(bank.balance("bob")).isEqualTo(100);
  }

  @Test
  void execute_crossingTransfers_conserveMoneyWithoutDeadlock() throws Exception {
    List<String> accounts = IntStream.range(0, 5).mapToObj(i -> "acc-" + i).toList();
    accounts.forEach(id -> bank.open(id, 1_000));

    List<Future<?>> workers = new ArrayList<>();
    for (int worker = 0; worker < THREADS; worker++) {
      Random random = new Random(worker);
      workers.add(
          threads.submit(
              () -> {
                for (int i = 0; i < 100; i++) {
                  int from = random.nextInt(5);
                  int to = (from + 1 + random.nextInt(4)) % 5;
                  bank.execute(
                      Bank.transfer(accounts.get(from), accounts.get(to), random.nextInt(1, 400)),
                      bank.nextKey());
                }
              }));
    }
    for (Future<?> worker : workers) {
      worker.get(120, TimeUnit.SECONDS);
    }

    assertThat(accounts.stream().mapToLong(bank::balance).sum()).isEqualTo(5_000);
    assertThat(bank.unbalancedShards()).isZero();
  }
}
