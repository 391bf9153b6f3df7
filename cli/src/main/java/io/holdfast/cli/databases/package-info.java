/**
 * The databases that a command looks at: {@link io.holdfast.cli.databases.DatabaseOptions} reads the
 * options, and there is a {@link io.holdfast.cli.databases.DatabaseKind} for each kind. Drivers
 * that are not part of the command come from a folder.
 */
@NullMarked
package io.holdfast.cli.databases;

import org.jspecify.annotations.NullMarked;
