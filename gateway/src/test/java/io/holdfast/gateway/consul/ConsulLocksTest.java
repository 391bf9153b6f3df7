package io.holdfast.gateway.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.ecwid.consul.v1.ConsulClient;
import com.ecwid.consul.v1.OperationException;
import com.ecwid.consul.v1.QueryParams;
import com.ecwid.consul.v1.Response;
import com.ecwid.consul.v1.kv.model.GetValue;
import com.ecwid.consul.v1.kv.model.PutParams;
import com.ecwid.consul.v1.session.model.NewSession;
import com.ecwid.consul.v1.session.model.Session;
import io.holdfast.gateway.GatewayUnderTest;
import io.holdfast.gateway.StoreUnderTest;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.Locks;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Sessions and keys by consul-api, over both stores, with two gateways. */
@Timeout(120)
@ParameterizedClass
@EnumSource
@SuppressWarnings("NullAway") // set before all tests
final class ConsulLocksTest {

  private static final String TOKEN = GatewayUnderTest.TOKEN;
  private static final Pattern FENCE = Pattern.compile("\"FencingToken\":\"([^\"]*)\"");
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static StoreUnderTest.Running store;
  private static GatewayUnderTest first;
  private static GatewayUnderTest second;

  private final ConsulClient client = new ConsulClient("127.0.0.1", first.port());
  private final ConsulClient other = new ConsulClient("127.0.0.1", second.port());

  ConsulLocksTest(StoreUnderTest kind) {
    assertThat(kind).isNotNull();
  }

  @BeforeParameterizedClassInvocation
  static void start(StoreUnderTest kind) throws Exception {
    store = kind.start();
    first = new GatewayUnderTest(store.uri());
    second = new GatewayUnderTest(store.uri());
  }

  @AfterParameterizedClassInvocation
  static void stop() throws Exception {
    first.close();
    second.close();
    store.server().close();
  }

  private static String session(ConsulClient of, int lockDelay) {
    NewSession session = new NewSession();
    session.setName("tester");
    session.setLockDelay(lockDelay);
    session.setTtl("30s");
    return of.sessionCreate(session, QueryParams.DEFAULT, TOKEN).getValue();
  }

  private static PutParams acquiring(String session) {
    PutParams params = new PutParams();
    params.setAcquireSession(session);
    return params;
  }

  private static PutParams releasing(String session) {
    PutParams params = new PutParams();
    params.setReleaseSession(session);
    return params;
  }

  private static FencingToken fence(GatewayUnderTest gateway, String key)
      throws IOException, InterruptedException {
    String shown = gateway.getWithToken("/v1/kv/" + key).body();
    Matcher found = FENCE.matcher(shown);
    assertThat(found.find()).as(shown).isTrue();
    return FencingToken.parse(found.group(1));
  }

  @Test
  void key_isWrittenReadAndDeleted() {
    assertThat(client.getKVValue("app/colour", TOKEN).getValue()).isNull();
    assertThat(client.setKVValue("app/colour", "blue", TOKEN, new PutParams()).getValue()).isTrue();
    GetValue blue = client.getKVValue("app/colour", TOKEN).getValue();
    assertThat(blue.getDecodedValue()).isEqualTo("blue");

    PutParams stale = new PutParams();
    stale.setCas(blue.getModifyIndex() - 1);
    assertThat(client.setKVValue("app/colour", "red", TOKEN, stale).getValue()).isFalse();
    PutParams exact = new PutParams();
    exact.setCas(blue.getModifyIndex());
    assertThat(client.setKVValue("app/colour", "red", TOKEN, exact).getValue()).isTrue();
    assertThat(client.setKVValue("app/colour", "green", TOKEN, exact).getValue()).isFalse();
    client.setKVValue("app/size", "L", TOKEN, new PutParams());
    client.setKVValue("apple", "x", TOKEN, new PutParams());

    assertThat(client.getKVKeysOnly("app/", "", TOKEN).getValue())
        .containsExactly("app/colour", "app/size");
    assertThat(client.getKVValues("app/", TOKEN).getValue())
        .extracting(GetValue::getDecodedValue)
        .containsExactly("red", "L");
    client.deleteKVValues("app/", TOKEN);
    assertThat(client.getKVValues("app/", TOKEN).getValue()).isNull();
    assertThat(client.getKVValue("apple", TOKEN).getValue().getDecodedValue()).isEqualTo("x");
    PutParams absent = new PutParams();
    absent.setCas(0L);
    assertThat(client.setKVValue("app/colour", "new", TOKEN, absent).getValue()).isTrue();
    assertThat(client.setKVValue("app/colour", "new", TOKEN, exact).getValue()).isFalse();
    assertThatThrownBy(() -> client.getKVValue("apple")).isInstanceOf(OperationException.class);
  }

  @Test
  void blockingQuery_ofAKey_endsWithItsChangeAtAnyGateway() throws Exception {
    client.setKVValue("watched", "1", TOKEN, new PutParams());
    Response<GetValue> seen = client.getKVValue("watched", TOKEN);
    CompletableFuture<Response<GetValue>> next =
        CompletableFuture.supplyAsync(
            () -> client.getKVValue("watched", TOKEN, new QueryParams(60, seen.getConsulIndex())));
    other.setKVValue("beside", "1", TOKEN, new PutParams());
    other.setKVValue("watched", "2", TOKEN, new PutParams());

    assertThat(next.get(30, TimeUnit.SECONDS).getValue().getDecodedValue()).isEqualTo("2");
  }

  @Test
  void lock_isHeldByOneSessionOfAllGateways_withGrowingTokens() throws Exception {
    String mine = session(client, 0);
    String theirs = session(other, 0);
    assertThat(client.setKVValue("leader", "a", TOKEN, acquiring(mine)).getValue()).isTrue();
    assertThat(client.setKVValue("leader", "a2", TOKEN, acquiring(mine)).getValue()).isTrue();
    assertThat(other.setKVValue("leader", "b", TOKEN, acquiring(theirs)).getValue()).isFalse();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(other.getKVValue("leader", TOKEN).getValue())
                    .satisfies(
                        there -> {
                          assertThat(there.getSession()).isEqualTo(mine);
                          assertThat(there.getLockIndex()).isEqualTo(1);
                          assertThat(there.getDecodedValue()).isEqualTo("a2");
                        }));
    FencingToken before = fence(first, "leader");
    // The lock is one of ours: a Java program can wait for it.
    assertThat(new Locks(first.other()).lock("consul/leader").exclusive().tryAcquire()).isEmpty();

    assertThat(client.setKVValue("leader", "", TOKEN, releasing(mine)).getValue()).isTrue();
    assertThat(client.setKVValue("leader", "", TOKEN, releasing(mine)).getValue()).isFalse();
    assertThat(other.setKVValue("leader", "b", TOKEN, acquiring(theirs)).getValue()).isTrue();
    assertThat(fence(second, "leader")).isGreaterThan(before);
    assertThatThrownBy(() -> client.setKVValue("leader", "x", TOKEN, acquiring("no-session")))
        .isInstanceOf(OperationException.class);
  }

  @Test
  void sessionThatEnds_unlocksItsKeys_andTheLockDelayHoldsOthersBack() {
    String mine = session(client, 2);
    String theirs = session(other, 0);
    assertThat(client.setKVValue("job", "a", TOKEN, acquiring(mine)).getValue()).isTrue();
    assertThat(client.getSessionInfo(mine, QueryParams.DEFAULT, TOKEN).getValue().getName())
        .isEqualTo("tester");
    assertThat(client.renewSession(mine, QueryParams.DEFAULT, TOKEN).getValue().getId())
        .isEqualTo(mine);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(other.getSessionList(QueryParams.DEFAULT, TOKEN).getValue())
                    .extracting(Session::getId)
                    .contains(mine, theirs));

    long began = System.nanoTime();
    client.sessionDestroy(mine, QueryParams.DEFAULT, TOKEN);

    assertThat(client.getKVValue("job", TOKEN).getValue().getSession()).isNull();
    assertThat(other.setKVValue("job", "b", TOKEN, acquiring(theirs)).getValue()).isFalse();
    await()
        .atMost(PATIENCE)
        .until(() -> other.setKVValue("job", "b", TOKEN, acquiring(theirs)).getValue());
    assertThat(Duration.ofNanos(System.nanoTime() - began))
        .isGreaterThanOrEqualTo(Duration.ofSeconds(2));
    assertThat(List.of(mine, theirs)).doesNotHaveDuplicates();
  }

  @Test
  void gatewayThatStops_endsItsSessions() throws Exception {
    String theirs = session(other, 0);
    try (GatewayUnderTest third = new GatewayUnderTest(store.uri())) {
      ConsulClient passing = new ConsulClient("127.0.0.1", third.port());
      String session = session(passing, 0);
      assertThat(passing.setKVValue("moving", "c", TOKEN, acquiring(session)).getValue()).isTrue();
      assertThat(other.setKVValue("moving", "b", TOKEN, acquiring(theirs)).getValue()).isFalse();
    }
    await()
        .atMost(PATIENCE)
        .until(() -> other.setKVValue("moving", "b", TOKEN, acquiring(theirs)).getValue());
  }
}
