package io.holdfast.payment.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.admin.AuditTrail;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.SessionState;
import io.holdfast.coordination.Transaction;
import io.holdfast.payment.ledger.Role;
import io.holdfast.testkit.memory.Faults;
import io.holdfast.testkit.memory.Faults.Direction;
import io.holdfast.testkit.memory.MemoryCluster;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An operator here, a node there, and what may come between them. */
class CallerKeysTest {

  private static final CoordinatorOptions OPTIONS =
      CoordinatorOptions.defaults().withSessionTimeout(Duration.ofSeconds(1));

  private final MemoryCluster cluster = MemoryCluster.onRealTime();
  private final Coordinator operator = connect("operator");
  private final Coordinator node = connect("node");
  private final CallerAdmin admin = new CallerAdmin(operator);
  private final CallerKeys callers = new CallerKeys(node);

  private Coordinator connect(String name) {
    return Coordinator.connect(cluster.client(name, OPTIONS), OPTIONS, "memory");
  }

  @BeforeEach
  void awaitCallers() {
    get(callers.known());
  }

  @AfterEach
  void close() {
    callers.close();
    node.close();
    operator.close();
    cluster.close();
  }

  private static <T> T get(CompletableFuture<T> future) {
    try {
      return future.get(30, TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new AssertionError(e);
    } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(2))
        .until(condition);
  }

  private int valid(String name) {
    return callers.named(name).map(caller -> caller.validKeys().size()).orElse(-1);
  }

  private ApiKey added(String name) {
    ApiKey key = get(admin.add(name, Set.of(Role.CUSTOMER), "new"));
    await(() -> callers.owning(key).isPresent());
    return key;
  }

  @Test
  void rotate_twoKeys_areValidAtOnceAndTheFormerGoesAlone() {
    ApiKey first = added("alice");
    ApiKey second = get(admin.rotate("alice", "yearly"));
    await(() -> valid("alice") == 2);

    assertThatThrownBy(() -> get(admin.rotate("alice", "a third")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(first.id())
        .hasMessageContaining(second.id());

    get(admin.revokeKey("alice", first.id(), "rotated"));
    await(() -> valid("alice") == 1);
    assertThat(callers.named("alice").orElseThrow().validKeys().get(0).id()).isEqualTo(second.id());
    assertThat(get(admin.rotate("alice", "again")).id()).isNotEqualTo(first.id());
  }

  @Test
  void rotate_forYears_keepsALimitedNumberOfKeys() {
    ApiKey last = added("alice");
    for (int i = 0; i < 15; i++) {
      ApiKey next = get(admin.rotate("alice", ""));
      get(admin.revokeKey("alice", last.id(), ""));
      last = next;
    }
    ApiKey now = last;
    await(() -> callers.owning(now).isPresent() && valid("alice") == 1);

    assertThat(callers.named("alice").orElseThrow().keys()).hasSize(10);
  }

  @Test
  void add_nameThatWasGivenBefore_isRefusedEvenIfRevoked() {
    added("alice");
    assertThatThrownBy(() -> added("alice")).isInstanceOf(IllegalStateException.class);
    get(admin.revoke("alice", "left"));

    assertThatThrownBy(() -> added("alice"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("revoked");
    assertThatThrownBy(() -> get(admin.rotate("alice", ""))).hasMessageContaining("reinstate");
  }

  @Test
  void reinstate_revokedCaller_comesBackWithANewKeyOnly() {
    ApiKey former = added("alice");
    get(admin.revoke("alice", "left"));
    await(() -> valid("alice") == 0);
    ApiKey key = get(admin.reinstate("alice", "came back"));
    await(() -> valid("alice") == 1);

    assertThat(callers.named("alice").orElseThrow().validKeys().get(0).id()).isEqualTo(key.id());
    assertThat(callers.named("alice").orElseThrow().key(former.id()).orElseThrow().revoked())
        .isPresent();
    assertThatThrownBy(() -> get(admin.reinstate("alice", "")))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void add_theClusterItself_isRefused() {
    assertThatThrownBy(() -> admin.add("system", Set.of(Role.CUSTOMER), ""))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> admin.add("robot", Set.of(Role.SYSTEM), ""))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> admin.add("../sessions", Set.of(Role.CUSTOMER), ""))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void revoke_unknownCallerOrKey_saysSo() {
    added("alice");

    assertThatThrownBy(() -> get(admin.revoke("bob", "")))
        .isInstanceOf(NoSuchElementException.class);
    assertThatThrownBy(() -> get(admin.revokeKey("alice", "0000000000", "")))
        .isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void add_byTwoOperatorsAtOnce_oneOfThemHasIt() {
    CallerAdmin other = new CallerAdmin(node);
    CompletableFuture<ApiKey> first = admin.add("alice", Set.of(Role.CUSTOMER), "");
    CompletableFuture<ApiKey> second = other.add("alice", Set.of(Role.OPERATOR), "");
    CompletableFuture.allOf(first, second).exceptionally(failure -> null).join();

    assertThat(first.isCompletedExceptionally()).isNotEqualTo(second.isCompletedExceptionally());
    ApiKey winner = get(first.isCompletedExceptionally() ? second : first);
    await(() -> callers.owning(winner).isPresent());
  }

  @Test
  void add_commitWhoseReplyIsLost_isSettledAndTheKeyIsGood() {
    AtomicBoolean lost = new AtomicBoolean();
    cluster.faults(
        (client, message) ->
            client.equals("operator")
                    && message.equals(new Faults.Message("commit", Direction.REPLY))
                    && lost.compareAndSet(false, true)
                ? Faults.Fate.LOST
                : Faults.Fate.ARRIVES);

    ApiKey key = get(admin.add("alice", Set.of(Role.CUSTOMER), ""));
    await(() -> callers.owning(key).isPresent());
    assertThat(get(new AuditTrail(operator).list())).as("done once").hasSize(1);
  }

  @Test
  void changes_audit_namesThemAndNoSecret() {
    ApiKey key = added("alice");
    get(admin.revoke("alice", "left"));

    String trail = get(new AuditTrail(operator).list()).toString();
    assertThat(trail)
        .contains("payment.caller.add", "payment.caller.revoke", "alice", "left")
        .doesNotContain(key.reveal());
    String stored = get(admin.list()).toString();
    assertThat(stored).contains(key.id()).doesNotContain(key.reveal().substring(15));
  }

  @Test
  void outage_ofTheStore_leavesWhatWasKnownInForce_andEndsWithTheNews() {
    ApiKey alice = added("alice");
    ApiKey bob = added("bob");
    cluster.cut("node");
    await(() -> node.current().map(s -> s.state() != SessionState.ACTIVE).orElse(true));
    get(admin.revoke("alice", "left"));
    await(() -> node.current().isEmpty());

    assertThat(callers.owning(alice).orElseThrow().inForce()).isTrue();
    assertThat(callers.owning(bob)).isPresent();

    cluster.heal("node");
    await(() -> !callers.owning(alice).orElseThrow().inForce());
    assertThat(callers.owning(bob).orElseThrow().inForce()).isTrue();
  }

  @Test
  void entry_thatCannotBeRead_leavesTheCallerAsItWasKnown() {
    ApiKey alice = added("alice");
    put("alice", "{\"of\":\"a later version\"}");
    put("bob", "nonsense");
    ApiKey carol = added("carol");

    assertThat(callers.owning(alice)).isPresent();
    assertThat(callers.owning(carol)).isPresent();
    assertThat(callers.named("bob")).isEmpty();
    assertThat(get(admin.list()).unreadable()).hasSize(2);
  }

  @Test
  void entry_underAnotherName_isNoCaller() {
    ApiKey alice = added("alice");
    put("root", CallerEntries.write(callers.named("alice").orElseThrow()).text());
    added("carol");

    assertThat(callers.named("root")).isEmpty();
    assertThat(callers.owning(alice).orElseThrow().name()).isEqualTo("alice");
  }

  @Test
  void entry_thatWasRemoved_isRevokedAndOpensNothing() {
    ApiKey alice = added("alice");
    get(operator.commit(Transaction.EMPTY.delete(CallerEntries.key("alice"))));
    await(() -> callers.owning(alice).isEmpty());

    assertThat(callers.areInUse()).isTrue();
  }

  private void put(String name, String text) {
    get(operator.commit(Transaction.EMPTY.put(CallerEntries.key(name), Payload.utf8(text))));
  }
}
