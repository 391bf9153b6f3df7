package io.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.admin.AuditRecord;
import io.holdfast.admin.AuditTrail;
import io.holdfast.admin.Generations;
import io.holdfast.admin.LockQueues;
import io.holdfast.coordination.Generation;
import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Transaction;
import io.holdfast.coordination.UnreadableException;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Tokens carry the operator's generation, and only grow while it is raised. */
public abstract class GenerationContract extends TwoClients {

  private Generation raise() {
    Generations generations = new Generations(first);
    Generation now = get(generations.current());
    return get(generations.raise(now, new Generation(now.number() + 1), "restored from a backup"));
  }

  @Test
  void raise_currentOne_isShownAndAudited() {
    assertThat(get(new Generations(second).current())).isEqualTo(new Generation(0));

    Generation raised = raise();

    assertThat(raised).isEqualTo(new Generation(1));
    assertThat(get(new Generations(second).current())).isEqualTo(raised);
    List<AuditRecord> audit = get(new AuditTrail(second).list());
    assertThat(audit).hasSize(1);
    assertThat(audit.get(0).entry().action()).isEqualTo("generation.raise");
    assertThat(audit.get(0).entry().reason()).isEqualTo("restored from a backup");
    assertThat(audit.get(0).by().name()).isEqualTo("first");
  }

  @Test
  void raise_oneThatIsNotCurrent_isRefusedAndNotAudited() {
    raise();

    assertThatThrownBy(
            () ->
                get(
                    new Generations(second)
                        .raise(new Generation(0), new Generation(7), "out of date")))
        .hasRootCauseInstanceOf(GuardFailedException.class);
    assertThat(get(new Generations(second).current())).isEqualTo(new Generation(1));
    assertThat(get(new AuditTrail(second).list())).hasSize(1);
  }

  @Test
  void raise_notGreater_isNoRequest() {
    Generation three = new Generation(3);
    assertThatThrownBy(() -> new Generations(first).raise(three, three, "why"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void generation_unreadable_locksSaySoAtOnceAndItCanBeReplaced() throws InterruptedException {
    Key open = Key.of("meta", "generations");
    raise();
    Transaction vandalism =
        Transaction.EMPTY.delete(open.child("1")).put(open.child("1800000000"), Payload.EMPTY);
    get(second.current().orElseThrow().commit(vandalism));

    assertThatThrownBy(() -> new Locks(first).lock("orders").exclusive().tryAcquire(PATIENCE))
        .isInstanceOf(UnreadableException.class)
        .hasMessageContaining("1800000000");
    Generations generations = new Generations(second);
    assertThat(get(generations.latestKnown())).contains(new Generation(1));
    get(generations.replaceUnreadable(new Generation(2), "vandals"));

    assertThat(get(generations.current())).isEqualTo(new Generation(2));
    assertThatThrownBy(() -> get(generations.replaceUnreadable(new Generation(3), "again")))
        .hasRootCauseInstanceOf(GuardFailedException.class);
    try (LockGrant grant = new Locks(first).lock("orders").exclusive().acquire()) {
      assertThat(grant.token().generation()).isEqualTo(2);
    }
  }

  /** Both clients have joined before, so both believe in the old generation. */
  @Test
  void tokens_acrossARaiseWithHolderAndWaiter_onlyGrow() throws InterruptedException {
    DistributedLock mine = new Locks(first).lock("orders", LockConfig.unshared()).exclusive();
    DistributedLock theirs = new Locks(second).lock("orders", LockConfig.unshared()).exclusive();
    theirs.acquire().close();
    LockGrant holder = mine.acquire();
    CompletableFuture<LockGrant> before = theirs.acquireAsync();
    await().atMost(PATIENCE).until(() -> get(new LockQueues(first).queue("orders")).size() == 2);

    raise();
    assertThat(holder.isHeld()).isTrue();
    CompletableFuture<LockGrant> after = theirs.acquireAsync();
    // A place taken on ZooKeeper under the old one is seen for a moment, and given back unused.
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                get(new LockQueues(first).queue("orders")).stream()
                    .map(member -> member.token().generation())
                    .toList()
                    .equals(List.of(0, 0, 1)));
    holder.close();
    LockGrant second = get(before);
    second.close();
    LockGrant third = get(after);
    assertThat(List.of(holder.token(), second.token(), third.token()))
        .isSorted()
        .doesNotHaveDuplicates();
    assertThat(third.token().generation()).isEqualTo(1);
    third.close();
    try (LockGrant fourth = mine.tryAcquire(PATIENCE).orElseThrow()) {
      assertThat(fourth.token()).isGreaterThan(third.token());
    }
  }

  /** Whatever revision a token had before a restore, the next generation's is greater. */
  @Test
  void token_ofTheNextGeneration_isGreaterThanAnyBefore() throws InterruptedException {
    Generation before = get(new Generations(first).current());
    FencingToken last =
        new FencingToken(
            before.number(),
            new io.holdfast.coordination.Revision(Long.MAX_VALUE),
            Integer.MAX_VALUE);

    raise();

    try (LockGrant grant = new Locks(second).lock("orders").exclusive().acquire()) {
      assertThat(grant.token()).isGreaterThan(last);
    }
  }
}
