package io.holdfast.cli.databases;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/**
 * JDBC drivers: those of the command itself, and those in the given jars, or in the folder {@code
 * drivers} beside it.
 */
public final class JdbcDrivers {

  private static final String FOLDER = "drivers";

  private final List<Path> places;
  private final ClassLoader loader;

  private JdbcDrivers(List<Path> places) {
    this.places = places;
    URL[] jars =
        places.stream().flatMap(JdbcDrivers::jars).map(JdbcDrivers::url).toArray(URL[]::new);
    ClassLoader own = JdbcDrivers.class.getClassLoader();
    this.loader = jars.length == 0 ? own : new URLClassLoader(jars, own);
  }

  /**
   * Those in jars.
   *
   * @param path jars and folders with jars, as in a class path; empty for the folder beside the
   *     command
   * @throws IllegalArgumentException if one of them is not there
   */
  static JdbcDrivers in(Optional<String> path) {
    if (path.isEmpty()) {
      return new JdbcDrivers(folder().stream().toList());
    }
    List<Path> places = Stream.of(path.get().split(File.pathSeparator)).map(Path::of).toList();
    for (Path each : places) {
      if (!Files.exists(each)) {
        throw new IllegalArgumentException("--driver-path: there is no " + each);
      }
    }
    return new JdbcDrivers(places);
  }

  /** Empty if the command does not run from one jar, which then names the others. */
  private static Optional<Path> folder() {
    return Optional.of(System.getProperty("java.class.path"))
        .filter(path -> path.endsWith(".jar") && !path.contains(File.pathSeparator))
        .map(path -> Path.of(path).toAbsolutePath().resolveSibling(FOLDER));
  }

  private static Stream<Path> jars(Path place) {
    if (!Files.isDirectory(place)) {
      return Files.exists(place) ? Stream.of(place) : Stream.empty();
    }
    try (Stream<Path> all = Files.list(place)) {
      return all.filter(each -> each.toString().endsWith(".jar")).sorted().toList().stream();
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot look for drivers in " + place + ": " + e, e);
    }
  }

  private static URL url(Path jar) {
    try {
      return jar.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException("not a jar: " + jar, e);
    }
  }

  /**
   * A class of a driver.
   *
   * @param whatToDo if it is not there
   * @throws IllegalArgumentException in that case
   */
  Class<?> load(String name, String url, String whatToDo) {
    try {
      return Class.forName(name, true, loader);
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException(missing(url) + whatToDo, e);
    }
  }

  /**
   * The driver of an address.
   *
   * @throws IllegalArgumentException if there is none
   */
  Driver accepting(String url) {
    List<Driver> all = new ArrayList<>();
    ServiceLoader.load(Driver.class, loader).stream()
        .map(ServiceLoader.Provider::get)
        .forEach(all::add);
    for (Driver each : all) {
      try {
        if (each.acceptsURL(url)) {
          return each;
        }
      } catch (SQLException e) {
        throw new IllegalArgumentException("not an address: " + e.getMessage(), e);
      }
    }
    throw new IllegalArgumentException(missing(url) + "put the jar of its driver there");
  }

  private String missing(String url) {
    String scheme = url.substring(0, url.indexOf(':', url.indexOf(':') + 1) + 1);
    String where =
        places.isEmpty() ? "nowhere, as no --driver-path was given" : "in " + places.get(0);
    return "no driver for "
        + scheme
        + " (looked "
        + where
        + "); give --driver-path FOLDER or set HOLDFAST_DRIVER_PATH, and ";
  }
}
