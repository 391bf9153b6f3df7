package io.holdfast.payment.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CatalogueTest {

  private record Asked(AccountId account, String other) {}

  private record Kept(String what) {}

  private static final DocumentKind<Kept> KIND = new DocumentKind<>("kept", Kept.class, "/kept");

  private static final Fixed PAY = new Fixed("pay", "/accounts/{account}/payments");
  private static final Fixed OPEN = new Fixed("open", "/accounts");
  private static final Fixed EXPIRE =
      new Fixed("expire", "/accounts/{account}/expire", Set.of(Role.SYSTEM), false);

  private final Catalogue catalogue =
      new Catalogue(
          List.of(
              new Parts("one", List.of(PAY, EXPIRE), List.of(KIND), List.of(new Due(KIND))),
              new Parts("two", List.of(OPEN), List.of(), List.of())));

  @Test
  void operation_byType_isFound() {
    assertThat(catalogue.operation("pay")).contains(PAY);
    assertThat(catalogue.operation("expire")).contains(EXPIRE);
    assertThat(catalogue.operation("unknown")).isEmpty();
    assertThat(catalogue.operations()).containsExactly(PAY, EXPIRE, OPEN);
  }

  @Test
  void post_pathOfRoute_givesOperationAndParameters() {
    assertThat(catalogue.post("/accounts/alice.1/payments"))
        .contains(new Catalogue.Match(PAY, Map.of("account", "alice.1")));
    assertThat(catalogue.post("/accounts")).contains(new Catalogue.Match(OPEN, Map.of()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "accounts",
        "/accounts/",
        "//accounts",
        "/./accounts",
        "/a/../accounts",
        "/%61ccounts",
        "/Accounts",
        "/accounts?x=1",
        "/accounts;x",
        "/accounts//payments",
        "/accounts/./payments",
        "/accounts/../payments",
        "/accounts/al%69ce/payments",
        "/accounts/equity:3:EUR/payments",
        "/accounts/{account}/payments",
        "/accounts/alice/payments/",
        "/accounts/alice/payments/more",
        "/accounts/alice/expire"
      })
  void post_anyOtherPath_isNone(String path) {
    assertThat(catalogue.post(path)).isEmpty();
  }

  @Test
  void kind_byNameAndCollection_isFound() {
    assertThat(catalogue.kind("kept")).contains(KIND);
    assertThat(catalogue.collection("/kept")).contains(KIND);
    assertThat(catalogue.kind("other")).isEmpty();
    assertThat(catalogue.collection("kept")).isEmpty();
  }

  @Test
  void work_byKind_isFound() {
    assertThat(catalogue.work("kept")).contains(new Due(KIND));
    assertThat(catalogue.work("other")).isEmpty();
  }

  @Test
  void catalogue_twoOfOneType_isRefused() {
    refused(operations(PAY, new Fixed("pay", "/elsewhere")), "pay");
  }

  @Test
  void catalogue_twoForOneRoute_isRefused() {
    refused(operations(PAY, new Fixed("other", "/accounts/{other}/payments")), "one route");
    refused(operations(PAY, new Fixed("other", "/accounts/some/payments")), "one route");
  }

  @Test
  void catalogue_routeNamesNoComponent_isRefused() {
    refused(operations(new Fixed("pay", "/accounts/{id}/payments")), "has not");
    refused(operations(new Fixed("pay", "/accounts/{other}/payments/{other}")), "has not");
  }

  @Test
  void catalogue_oneOperatorCouldDoAlone_isRefused() {
    refused(
        operations(new Fixed("fund", "/funds", Set.of(Role.OPERATOR), true)), "one operator alone");
  }

  @Test
  void catalogue_twoOfOneKindOrCollection_isRefused() {
    refused(documents(KIND, KIND), "kept");
    refused(documents(KIND, new DocumentKind<>("kept", Kept.class, "/other")), "kept");
    refused(documents(KIND, new DocumentKind<>("other", Kept.class, "/kept")), "/kept");
  }

  @Test
  void catalogue_twoWorksOnOneKind_isRefused() {
    refused(
        new Parts("x", List.of(), List.of(KIND), List.of(new Due(KIND), new Due(KIND))), "kept");
  }

  @Test
  void catalogue_workOnUnknownKind_isRefused() {
    refused(new Parts("x", List.of(), List.of(), List.of(new Due(KIND))), "no scenario");
  }

  private static Scenario operations(Operation<?>... operations) {
    return new Parts("x", List.of(operations), List.of(), List.of());
  }

  private static Scenario documents(DocumentKind<?>... kinds) {
    return new Parts("x", List.of(), List.of(kinds), List.of());
  }

  private static void refused(Scenario scenario, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Catalogue(List.of(scenario)))
        .withMessageContaining(message);
  }

  private record Parts(
      String name,
      List<Operation<?>> operations,
      List<DocumentKind<?>> documents,
      List<DueWork<?>> work)
      implements Scenario {}

  private record Due(DocumentKind<Kept> kind) implements DueWork<Kept> {
    @Override
    public CompletionStage<Optional<Submission<?>>> due(Document<Kept> document) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
  }

  private record Fixed(String type, String path, Set<Role> roles, boolean needsTwoOperators)
      implements Operation<Asked> {

    Fixed(String type, String path) {
      this(type, path, Set.of(Role.CUSTOMER), false);
    }

    @Override
    public Class<Asked> request() {
      return Asked.class;
    }

    @Override
    public Route route() {
      return Route.doing(path);
    }

    @Override
    public Scope scope(Asked request) {
      return Scope.of(request.account());
    }

    @Override
    public Reads reads(Asked request) {
      return Reads.NONE;
    }

    @Override
    public Plan plan(Asked request, Books books) {
      return new Plan(books);
    }
  }
}
