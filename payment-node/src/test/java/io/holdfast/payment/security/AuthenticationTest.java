package io.holdfast.payment.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.payment.ledger.Caller;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.security.Authentication.Mode;
import io.holdfast.testkit.memory.MemoryCluster;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.security.auth.x500.X500Principal;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AuthenticationTest {

  private final MemoryCluster cluster = MemoryCluster.onRealTime();
  private final Coordinator coordinator =
      Coordinator.connect(
          cluster.client("node", CoordinatorOptions.defaults()),
          CoordinatorOptions.defaults(),
          "memory");
  private final CallerAdmin admin = new CallerAdmin(coordinator);
  private final CallerKeys callers = new CallerKeys(coordinator);
  private final Authentication authentication = new Authentication(callers, Mode.REQUIRED);
  private final Authentication open = new Authentication(callers, Mode.OPEN);

  @BeforeEach
  void awaitCallers() throws Exception {
    callers.known().get(30, TimeUnit.SECONDS);
  }

  @AfterEach
  void close() {
    callers.close();
    coordinator.close();
    cluster.close();
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(30, TimeUnit.SECONDS);
  }

  private ApiKey add(String name, Role... roles) throws Exception {
    ApiKey key = get(admin.add(name, Set.of(roles), "test"));
    await(() -> callers.named(name).isPresent());
    return key;
  }

  private static void await(java.util.concurrent.Callable<Boolean> condition) {
    Awaitility.await().pollInterval(java.time.Duration.ofMillis(2)).until(condition);
  }

  private CallerIdentity byKey(String header) {
    return authentication.of(List.of(header), Optional.empty());
  }

  private CallerIdentity bySubject(String subject) {
    return authentication.of(List.of(), Optional.of(new X500Principal(subject)));
  }

  private static Denial denied(Runnable call) {
    DeniedException denied = catchThrowableOfType(DeniedException.class, call::run);
    assertThat(denied).as("denied").isNotNull();
    return denied.denial();
  }

  @Test
  void of_rightKey_isTheCallerWithItsRoles() throws Exception {
    ApiKey key = add("shop", Role.MERCHANT, Role.CUSTOMER);

    for (String scheme : List.of("Bearer ", "bearer ", "BEARER  ")) {
      CallerIdentity identity = byKey(scheme + key.reveal());
      assertThat(identity.caller())
          .isEqualTo(new Caller("shop", Set.of(Role.MERCHANT, Role.CUSTOMER)));
      assertThat(identity.keyId()).contains(key.id());
    }
  }

  @Test
  void of_whatIsNoKeyOfOurs_isRefusedAlike() throws Exception {
    ApiKey key = add("shop", Role.MERCHANT);
    String otherSecret = "hfk_" + key.id() + "_" + "0".repeat(52);
    ApiKey stranger = ApiKey.generate(new java.security.SecureRandom());

    for (String header :
        List.of(
            "Bearer " + otherSecret,
            "Bearer " + stranger.reveal(),
            "Bearer",
            "Bearer ",
            "",
            "Basic c2hvcDpzaG9w",
            "Bearer shop",
            key.reveal())) {
      Denial denial = denied(() -> byKey(header));
      assertThat(denial).as(header).isEqualTo(Denial.invalid());
      assertThat(denial.status()).isEqualTo(401);
      assertThat(denial.headers().get("WWW-Authenticate")).contains("Bearer");
    }
  }

  @Test
  void of_noHeader_asksForOne_andTwoAreTooMany() throws Exception {
    String header = "Bearer " + add("shop", Role.MERCHANT).reveal();

    assertThat(denied(() -> authentication.of(List.of(), Optional.empty())).code())
        .isEqualTo("credentials-missing");
    assertThat(denied(() -> authentication.of(List.of(header, header), Optional.empty())).code())
        .isEqualTo("credentials-ambiguous");
  }

  @Test
  void of_revokedKey_saysSoToWhoeverKnowsItsSecretOnly() throws Exception {
    ApiKey first = add("shop", Role.MERCHANT);
    ApiKey second = get(admin.rotate("shop", ""));
    get(admin.revokeKey("shop", first.id(), ""));
    await(() -> callers.named("shop").orElseThrow().validKeys().size() == 1);

    assertThat(denied(() -> byKey("Bearer " + first.reveal())).code()).isEqualTo("key-revoked");
    assertThat(denied(() -> byKey("Bearer hfk_" + first.id() + "_" + "0".repeat(52))).code())
        .isEqualTo("credentials-invalid");
    await(() -> byKey("Bearer " + second.reveal()).keyId().isPresent());
  }

  @Test
  void of_certificate_isTheCallerOfItsCommonName() throws Exception {
    add("gateway", Role.OPERATOR);

    assertThat(bySubject("CN=gateway, O=Bank, C=CH").caller())
        .isEqualTo(Caller.of("gateway", Role.OPERATOR));
    assertThat(bySubject("CN=gateway").keyId()).isEmpty();
    for (String subject :
        List.of("CN=stranger", "O=gateway", "CN=gateway, CN=other", "CN=\"gateway, CN=x\"", "")) {
      Denial denial = denied(() -> bySubject(subject));
      assertThat(denial.code()).as(subject).isEqualTo("certificate-unknown");
      assertThat(denial.status()).isEqualTo(403);
    }
  }

  @Test
  void of_keyAndCertificate_theKeySaysWhoItIs() throws Exception {
    add("gateway", Role.OPERATOR);
    ApiKey key = add("shop", Role.MERCHANT);

    assertThat(
            authentication
                .of(List.of("Bearer " + key.reveal()), Optional.of(new X500Principal("CN=gateway")))
                .caller()
                .name())
        .isEqualTo("shop");
    assertThat(
            denied(
                    () ->
                        authentication.of(
                            List.of("Bearer nonsense"),
                            Optional.of(new X500Principal("CN=gateway"))))
                .code())
        .as("a wrong key is not made good by a certificate")
        .isEqualTo("credentials-invalid");
  }

  @Test
  void of_revokedCaller_isForbiddenByKeyAndByCertificate() throws Exception {
    ApiKey key = add("shop", Role.MERCHANT);
    get(admin.revoke("shop", ""));
    await(() -> !callers.named("shop").orElseThrow().inForce());

    assertThat(denied(() -> byKey("Bearer " + key.reveal()))).isEqualTo(Denial.revokedCaller());
    assertThat(denied(() -> bySubject("CN=shop"))).isEqualTo(Denial.revokedCaller());
    assertThat(Denial.revokedCaller().status()).isEqualTo(403);
  }

  @Test
  void of_openMode_anybodyIsWhoTheySay_untilThereIsACaller() throws Exception {
    assertThat(open.of(List.of(), Optional.empty()).caller().name()).isEqualTo("anybody");
    CallerIdentity second = open.of(List.of("Bearer operator-2"), Optional.empty());
    assertThat(second.caller().name()).isEqualTo("operator-2");
    assertThat(second.caller().isAny(Role.OPERATOR)).isTrue();
    assertThat(second.caller().isAny(Role.SYSTEM)).isFalse();
    assertThat(denied(() -> open.of(List.of("Bearer system"), Optional.empty())).status())
        .isEqualTo(401);
    assertThat(open.forwarded(second.text())).isEqualTo(second);

    ApiKey key = add("shop", Role.MERCHANT);
    assertThat(denied(() -> open.of(List.of(), Optional.empty())).code())
        .isEqualTo("credentials-missing");
    assertThat(open.of(List.of("Bearer " + key.reveal()), Optional.empty()).caller().name())
        .isEqualTo("shop");

    get(admin.revoke("shop", ""));
    await(() -> !callers.named("shop").orElseThrow().inForce());
    assertThat(denied(() -> open.of(List.of("Bearer anybody"), Optional.empty())).code())
        .as("revoking the last caller opens nothing")
        .isEqualTo("credentials-invalid");
  }

  @Test
  void forwarded_identity_isJudgedByWhatThisNodeKnows() throws Exception {
    ApiKey key = add("shop", Role.MERCHANT);
    CallerIdentity identity = byKey("Bearer " + key.reveal());
    assertThat(authentication.forwarded(identity.text())).isEqualTo(identity);
    assertThat(identity.text()).doesNotContain(key.reveal().substring(15));

    assertThat(denied(() -> authentication.forwarded("newcomer")).status()).isEqualTo(421);
    assertThat(denied(() -> authentication.forwarded("shop/0000000000")).status()).isEqualTo(421);

    get(admin.revokeKey("shop", key.id(), ""));
    await(() -> callers.named("shop").orElseThrow().validKeys().isEmpty());
    assertThat(denied(() -> authentication.forwarded(identity.text())).code())
        .isEqualTo("key-revoked");
  }

  @Test
  void of_beforeTheStoreHasSpoken_isToBeTriedAgain() {
    CallerKeys nothingYet =
        new CallerKeys(
            Coordinator.start(
                cluster.client("late", CoordinatorOptions.defaults()),
                CoordinatorOptions.defaults(),
                "memory"));
    cluster.cut("late");
    try (nothingYet) {
      if (!nothingYet.areKnown()) {
        Denial denial =
            denied(() -> new Authentication(nothingYet, Mode.OPEN).of(List.of(), Optional.empty()));
        assertThat(denial.status()).isEqualTo(503);
        assertThat(denial.isRetryable()).isTrue();
      }
    }
  }

  @Test
  void requireAny_roleThatIsMissing_isForbidden() {
    Caller shop = Caller.of("shop", Role.MERCHANT);

    Authentication.requireAny(shop, Set.of(Role.MERCHANT, Role.OPERATOR));
    assertThat(denied(() -> Authentication.requireAny(shop, Set.of(Role.OPERATOR))).code())
        .isEqualTo("role-missing");
  }
}
