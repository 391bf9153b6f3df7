package io.holdfast.payment.openapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.payment.ledger.Catalogue;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Json;
import io.holdfast.payment.ledger.LedgerIdentity;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Scenario;
import io.holdfast.payment.ledger.ShardMap;
import io.holdfast.payment.scenario.approval.Approvals;
import io.holdfast.payment.scenario.lending.LendingScenario;
import io.holdfast.payment.scenario.purchase.PurchaseScenario;
import io.holdfast.payment.scenario.topup.TopUpScenario;
import io.holdfast.payment.scenario.topup.acquirer.Acquirer;
import io.holdfast.payment.scenario.topup.acquirer.Charge;
import io.holdfast.payment.scenario.wallet.WalletScenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class OpenApiTest {

  private static final String REFERENCE = "#/components/";

  private final List<Scenario> scenarios = Approvals.over(all());
  private final ObjectNode document = OpenApi.of(scenarios);

  private static List<Scenario> all() {
    return List.of(
        new WalletScenario(),
        new PurchaseScenario(
            new ShardMap(16),
            new LedgerIdentity(new byte[32]),
            (merchant, after, until, terms) ->
                CompletableFuture.failedFuture(new IllegalStateException())),
        new TopUpScenario(new NoAcquirer()),
        new LendingScenario());
  }

  private static final class NoAcquirer implements Acquirer {

    @Override
    public CompletionStage<Charge> charge(DocumentId reference, Money amount, String card) {
      return CompletableFuture.failedFuture(new IllegalStateException());
    }

    @Override
    public CompletionStage<Optional<Charge>> status(DocumentId reference) {
      return CompletableFuture.failedFuture(new IllegalStateException());
    }
  }

  @Test
  void document_asText_isJsonOfVersion31() throws Exception {
    JsonNode read = new ObjectMapper().readTree(document.toPrettyString());

    assertThat(read.toString()).isEqualTo(document.toString());
    assertThat(read.get("openapi").asText()).isEqualTo("3.1.0");
    assertThat(read.at("/components/securitySchemes/bearer/scheme").asText()).isEqualTo("bearer");
    assertThat(read.at("/security/0/bearer").isArray()).isTrue();
  }

  @Test
  void document_hasEveryOperationThatClientsMayAskFor() {
    for (Operation<?> operation : new Catalogue(scenarios).operations()) {
      JsonNode post = document.get("paths").path(operation.route().path()).path("post");
      if (operation.roles().equals(Set.of(Role.SYSTEM))) {
        assertThat(post.isMissingNode()).as(operation.type()).isTrue();
      } else {
        assertThat(post.path("operationId").asText()).isEqualTo(operation.type());
        assertThat(post.path("responses").has(Integer.toString(operation.route().status())))
            .as(operation.type())
            .isTrue();
        assertThat(post.at("/requestBody/content/application~1json/schema/$ref").asText())
            .isEqualTo(REFERENCE + "schemas/" + Schemas.name(operation.request()));
      }
    }
  }

  @Test
  void document_refersToNothingThatIsNotThere() {
    List<String> references =
        document.findValues("$ref").stream().map(JsonNode::asText).distinct().toList();

    assertThat(references).hasSizeGreaterThan(50);
    assertThat(references)
        .allSatisfy(
            each -> assertThat(document.at(each.substring(1)).isObject()).as(each).isTrue());
  }

  @Test
  void document_namesEachOperationOnceAndEveryParameterOfItsPath() {
    List<String> ids = new ArrayList<>();
    document
        .get("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .forEach(
                        operation -> {
                          ids.add(operation.get("operationId").asText());
                          List<String> inPath = new ArrayList<>();
                          Pattern.compile("\\{([a-zA-Z]+)}")
                              .matcher(path.getKey())
                              .results()
                              .forEach(found -> inPath.add(found.group(1)));
                          assertThat(operation.path("parameters"))
                              .as(path.getKey())
                              .filteredOn(each -> each.path("in").asText().equals("path"))
                              .extracting(each -> each.get("name").asText())
                              .containsExactlyElementsOf(inPath);
                        }));

    assertThat(ids).doesNotHaveDuplicates();
  }

  @Test
  void example_withWhatStandsInThePath_isReadAsTheRequest() {
    List<String> without = new ArrayList<>();
    for (Operation<?> operation : new Catalogue(scenarios).operations()) {
      if (operation.roles().equals(Set.of(Role.SYSTEM))) {
        continue;
      }
      JsonNode post = document.get("paths").get(operation.route().path()).get("post");
      JsonNode body = post.at("/requestBody/content/application~1json/example");
      if (body.isMissingNode()) {
        without.add(operation.type());
        continue;
      }
      ObjectNode whole = body.deepCopy();
      for (JsonNode parameter : post.get("parameters")) {
        if (parameter.path("in").asText().equals("path")) {
          whole.set(parameter.get("name").asText(), parameter.get("example"));
        }
      }
      Record request = Json.read(whole.toString(), operation.request());
      assertThat(Json.read(Json.write(request), operation.request())).isEqualTo(request);
    }

    assertThat(without).as("operations without an example").isEmpty();
  }

  @Test
  void schema_ofARequest_tellsWhatIsRequiredAndOfWhichForm() {
    JsonNode schemas = document.at("/components/schemas");
    JsonNode open = schemas.get("OpenAccountRequest");

    assertThat(open.get("required"))
        .extracting(JsonNode::asText)
        .containsExactly("account", "owner", "currency");
    assertThat(open.get("additionalProperties").asBoolean(true)).isFalse();
    assertThat(open.at("/properties/limitPerPayment/anyOf/0/format").asText()).isEqualTo("int64");
    assertThat(open.at("/properties/type/anyOf/0/$ref").asText()).endsWith("/AccountType");
    assertThat(schemas.at("/AccountType/enum")).extracting(JsonNode::asText).contains("WALLET");
    assertThat("alice").matches(schemas.at("/AccountId/pattern").asText());
    assertThat("a b").doesNotMatch(schemas.at("/AccountId/pattern").asText());
    assertThat(schemas.at("/FundRequest/properties").has("account")).isFalse(); // it is in the path
    assertThat(schemas.at("/Money/properties/currency/$ref").asText()).endsWith("/Currency");
    assertThat(schemas.at("/Problem/required"))
        .extracting(JsonNode::asText)
        .contains("code", "retryable");
  }

  @Test
  void schema_ofADocument_isThatOfItsBody() {
    JsonNode answer =
        document.at("/paths/~1loans~1{id}/get/responses/200/content/application~1json/schema");

    assertThat(answer.at("/allOf/0/$ref").asText()).endsWith("/Loan");
    assertThat(document.at("/components/schemas/Loan/properties/instalments/items/$ref").asText())
        .endsWith("/Instalment");
  }

  private record Unknown(Thread thread) {}

  private record Holder(Optional<Unknown> unknown) {}

  @Test
  void schema_ofATypeThatIsNoJson_isAnError() {
    assertThatThrownBy(() -> new Schemas().of(Holder.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Thread");
  }
}
