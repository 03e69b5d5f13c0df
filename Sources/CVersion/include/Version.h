// SPDX-License-Identifier: Apache-2.0

// What only a build can know, in a file of its own: another commit compiles no other one anew.

#ifndef CVERSION_H
#define CVERSION_H

// The commit that this was built of, as ci/build says it; empty where it was built otherwise.
const char *cversion_commit(void);

#endif
