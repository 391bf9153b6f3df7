package io.holdfast.payment.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Json;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.ledger.Operation;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Requests to show to people. They are made up from types and names, and only those are shown that
 * the request's own checks accept.
 */
final class Examples {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String UNIQUE = "0123456789abcdefghijklmnop";

  private enum Optionals {
    LEFT_OUT,
    GIVEN
  }

  private Examples() {}

  /**
   * The components of a request, those of its path among them; empty if none was found.
   *
   * @param kinds what a document may be that it names
   */
  static Optional<ObjectNode> of(Operation<?> operation, List<String> kinds) {
    for (String kind : kinds.isEmpty() ? List.of("doc") : kinds) {
      for (Optionals optionals : Optionals.values()) {
        ObjectNode example = record(operation.request(), kind, optionals);
        if (isAccepted(example, operation.request())) {
          return Optional.of(example);
        }
      }
    }
    return Optional.empty();
  }

  private static boolean isAccepted(ObjectNode example, Class<? extends Record> type) {
    try {
      Json.read(Json.write(example), type);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static ObjectNode record(Class<?> type, String kind, Optionals optionals) {
    ObjectNode example = JSON.objectNode();
    for (RecordComponent each : type.getRecordComponents()) {
      if (!Schemas.isOptional(each.getType()) || optionals == Optionals.GIVEN) {
        example.set(each.getName(), value(each.getName(), each.getGenericType(), kind, optionals));
      }
    }
    return example;
  }

  private static JsonNode value(String name, Type type, String kind, Optionals optionals) {
    if (type instanceof ParameterizedType generic) {
      Type first = generic.getActualTypeArguments()[0];
      if (generic.getRawType() == Optional.class) {
        return value(name, first, kind, optionals);
      }
      return java.util.Map.class.isAssignableFrom((Class<?>) generic.getRawType())
          ? JSON.objectNode()
          : JSON.arrayNode().add(value(name, first, kind, optionals));
    }
    Class<?> known = (Class<?>) type;
    if (known == String.class) {
      return JSON.textNode(text(name));
    }
    if (known == int.class || known == Integer.class || known == OptionalInt.class) {
      return JSON.numberNode(10);
    }
    if (known == long.class || known == Long.class || known == OptionalLong.class) {
      return JSON.numberNode(1250L);
    }
    if (known == boolean.class || known == Boolean.class) {
      return JSON.booleanNode(true);
    }
    if (known == AccountId.class) {
      return JSON.textNode(name + "-1");
    }
    if (known == DocumentId.class) {
      return JSON.textNode(kind + "_05f_" + UNIQUE);
    }
    if (known == Money.class) {
      return JSON.objectNode().put("amount", 1250).put("currency", "EUR");
    }
    if (known.isEnum()) {
      return JSON.textNode(((Enum<?>) known.getEnumConstants()[0]).name());
    }
    if (known.isRecord()) {
      return record(known, kind, optionals);
    }
    if (JsonNode.class.isAssignableFrom(known)) {
      return JSON.objectNode();
    }
    return JSON.textNode(
        switch (known.getSimpleName()) {
          case "Instant" -> "2027-01-31T12:00:00Z";
          case "LocalDate" -> "2027-01-31";
          case "Duration" -> "PT1H";
          case "URI" -> "https://shop.example/";
          default -> "1";
        });
  }

  private static String text(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "currency" -> "EUR";
      case "card" -> "tok_4f2a";
      case "url" -> "https://shop.example/hooks";
      default -> name;
    };
  }
}
