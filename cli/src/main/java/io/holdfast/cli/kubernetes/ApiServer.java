package io.holdfast.cli.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The requests to the API server of Kubernetes that are needed here, in one namespace. Each waits
 * for its answer, ten seconds at most. The token is read for each, since Kubernetes changes it.
 */
final class ApiServer {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(2);
  private static final int LONGEST_MESSAGE = 500;
  private static final int PAGE = 250;
  private static final int MOST_PAGES = 1_000;

  /** Bytes. A page of slices has a part of it, if each has its hundred endpoints. */
  private static final int LONGEST_ANSWER = 64 << 20;

  private static final int SUCCESS = 2;
  private static final int HUNDRED = 100;
  private static final String JSON = "application/json";
  private static final Pattern SECONDS = Pattern.compile("\\d{1,6}");
  private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]+");
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final HttpClient http;
  private final URI base;
  private final String namespace;
  private final Optional<Path> token;
  private final Bounds bounds;

  /**
   * Connects when it is asked.
   *
   * @param http trusts the server's certificate
   * @param token where the bearer token is; it is not sent without TLS
   */
  ApiServer(HttpClient http, URI base, String namespace, Optional<Path> token) {
    this(http, base, namespace, token, new Bounds(PATIENCE, LONGEST_ANSWER));
  }

  /**
   * What an answer may be.
   *
   * @param patience from the request to the end of the answer
   * @param bytes of the answer's body
   */
  record Bounds(Duration patience, int bytes) {}

  /** Takes answers within these bounds. */
  ApiServer(HttpClient http, URI base, String namespace, Optional<Path> token, Bounds bounds) {
    this.bounds = bounds;
    this.http = http;
    this.base = base;
    this.namespace = namespace;
    this.token = token.filter(there -> "https".equals(base.getScheme()));
  }

  String namespace() {
    return namespace;
  }

  /** The Service of this name. */
  JsonNode service(String name) throws ApiException, InterruptedException {
    return ask("GET", "/api/v1/namespaces/" + namespace + "/services/" + name, null);
  }

  /** The slices of a publisher, and no others, whatever the server makes of the selector. */
  List<Slice> slices(String publisher) throws ApiException, InterruptedException {
    String selector = Slice.MANAGED_BY + "=" + Slice.US + "," + Slice.PUBLISHER + "=" + publisher;
    String path = slicesPath() + "?limit=" + PAGE + "&labelSelector=" + encode(selector);
    List<Slice> all = new ArrayList<>();
    String next = "";
    int pages = 0;
    do {
      if (++pages > MOST_PAGES) {
        throw ApiException.lasting("there is no end of slices in " + MOST_PAGES + " pages");
      }
      JsonNode page = ask("GET", next.isEmpty() ? path : path + "&continue=" + encode(next), null);
      if (!page.path("kind").asText().equals("EndpointSliceList")) {
        throw new ApiException(0, base + " does not answer with a list", Optional.empty());
      }
      for (JsonNode item : page.path("items")) {
        if (item instanceof ObjectNode object && new Slice(object).isOf(publisher)) {
          all.add(new Slice(object));
        }
      }
      next = page.path("metadata").path("continue").asText("");
    } while (!next.isEmpty());
    return all;
  }

  /** As the server has it then, with its name and version. */
  Slice create(Slice slice) throws ApiException, InterruptedException {
    return written(ask("POST", slicesPath(), slice.object()));
  }

  /** Only if nobody has written it since it was read. */
  Slice replace(Slice slice) throws ApiException, InterruptedException {
    try {
      return written(ask("PUT", slicesPath() + "/" + encode(slice.name()), slice.object()));
    } catch (ApiException e) {
      throw e.isNotFound() ? ApiException.conflict(e.getMessage()) : e;
    }
  }

  /** Likewise. One that is gone is as it should be. */
  void delete(Slice slice) throws ApiException, InterruptedException {
    ObjectNode options = JsonNodeFactory.instance.objectNode();
    options.put("apiVersion", "v1").put("kind", "DeleteOptions");
    JsonNode metadata = slice.object().path("metadata");
    options
        .putObject("preconditions")
        .put("uid", metadata.path("uid").asText())
        .put("resourceVersion", metadata.path("resourceVersion").asText());
    try {
      ask("DELETE", slicesPath() + "/" + encode(slice.name()), options);
    } catch (ApiException e) {
      if (!e.isNotFound()) {
        throw e;
      }
    }
  }

  private String slicesPath() {
    return "/apis/discovery.k8s.io/v1/namespaces/" + namespace + "/endpointslices";
  }

  private static Slice written(JsonNode answer) throws ApiException {
    if (answer instanceof ObjectNode object) {
      return new Slice(object);
    }
    throw new ApiException(0, "the API server did not answer with the object", Optional.empty());
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private JsonNode ask(String method, String path, @Nullable ObjectNode body)
      throws ApiException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(path))
            .timeout(bounds.patience())
            .header("Accept", JSON)
            .header("User-Agent", "holdfast")
            .method(
                method,
                body == null
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofString(body.toString(), StandardCharsets.UTF_8));
    if (body != null) {
      request.header("Content-Type", JSON);
    }
    if (token.isPresent()) {
      request.header("Authorization", "Bearer " + read(token.get()));
    }
    try {
      HttpResponse<byte[]> answer = send(request.build());
      if (answer.statusCode() / HUNDRED == SUCCESS) {
        return MAPPER.readTree(answer.body());
      }
      throw refused(method, path, answer);
    } catch (JsonProcessingException e) {
      throw new ApiException(0, base + " answers with what is no JSON", Optional.empty());
    } catch (TooLongException e) {
      throw ApiException.lasting(base + " answers with too much: " + reason(e));
    } catch (IOException e) {
      throw new ApiException(0, base + " does not answer: " + reason(e), Optional.empty());
    }
  }

  /** The client's own time-out ends with the headers; this one is for the body, too. */
  private HttpResponse<byte[]> send(HttpRequest request) throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<byte[]>> answer =
        http.sendAsync(request, BoundedBody.ofAtMost(bounds.bytes()));
    try {
      return answer.get(bounds.patience().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new HttpTimeoutException("no whole answer in " + bounds.patience().toMillis() + " ms");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
    } finally {
      answer.cancel(true);
    }
  }

  private static String reason(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private static String read(Path file) throws ApiException {
    String text;
    try {
      text = Files.readString(file).strip();
    } catch (IOException e) {
      throw new ApiException(
          0, "the token in " + file + " cannot be read: " + reason(e), Optional.empty());
    }
    if (!TOKEN.matcher(text).matches()) {
      throw new ApiException(0, "there is no token in " + file, Optional.empty());
    }
    return text;
  }

  private static ApiException refused(String method, String path, HttpResponse<byte[]> answer) {
    String why;
    try {
      why = MAPPER.readTree(answer.body()).path("message").asText("");
    } catch (IOException e) {
      why = "";
    }
    String shown = why.substring(0, Math.min(why.length(), LONGEST_MESSAGE));
    int query = path.indexOf('?');
    return new ApiException(
        answer.statusCode(),
        method
            + " "
            + (query < 0 ? path : path.substring(0, query))
            + ": "
            + answer.statusCode()
            + (shown.isEmpty() ? "" : ", " + shown),
        answer
            .headers()
            .firstValue("Retry-After")
            .filter(text -> SECONDS.matcher(text).matches())
            .map(text -> Duration.ofSeconds(Long.parseLong(text)))
            .map(pause -> pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause));
  }
}
