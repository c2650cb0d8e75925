"""Faults in what SECURITY.md promises and no other module of this folder breaks, each with the test that its table
names. Those in the wall are found on PostgreSQL alone."""

from tests.seeded import Seeded

WALK = "tests/walk/test_walk.py::"
WALL = "tests/foundation/test_wall.py::"
POLICY = "tests/registry/test_policy.py::"
HEADERS = "tests/foundation/test_headers.py::"
READING = "tests/foundation/documents/test_reading.py::"
WRITING = "tests/foundation/documents/test_writing.py::"
SERVE = "tests/config/test_serve.py::"
HATS = "tests/pages/test_sign_in.py::test_three_hats_in_one_person_never_add_up"
SLIPS = "tests/pages/test_slips.py::"
POLICIES = "foundation/base/postgresql/policies.py"
CHILD = "foundation/documents/_child.py"

FAULTS = (
    Seeded(
        "the office of a school reads every student of the city",
        "registry/access/rules.py",
        "def _of_school(actor: Actor) -> Q:\n    return Q(school_id=actor.school_id)",
        "def _of_school(actor: Actor) -> Q:\n    return Q(pk__isnull=False)",
        WALK + "test_everybody_meets_what_is_meant_for_him_and_nothing_else[clerk]",
    ),
    Seeded(
        "that a row of another school exists is told by the status",
        "foundation/ui/pages.py",
        '        raise Http404("not visible")',
        '        from django.core.exceptions import PermissionDenied\n\n        raise PermissionDenied("not visible")',
        WALK + "test_everybody_meets_what_is_meant_for_him_and_nothing_else[clerk]",
    ),
    Seeded(
        "the wall stands and lets through what has a school",
        POLICIES,
        "{here} = ANY ((SELECT liangshi_{kind}())::{array}){empty}",
        "{here} IS NOT NULL{empty}",
        WALL + "test_a_view_that_forgets_its_filter_delivers_nothing_of_another_school",
    ),
    Seeded(
        "a request reaches all schools until it is known who asks",
        "foundation/base/wall.py",
        '    """For the time of a request: no school, until it is known who asks. At the end holds again what held before."""\n'
        "    with _held(NONE):",
        '    """For the time of a request: no school, until it is known who asks. At the end holds again what held before."""\n'
        "    with _held(ALL):",
        WALL + "test_who_is_not_signed_in_reaches_no_school",
    ),
    Seeded(
        "the start takes a superuser",
        POLICIES,
        "    if not _asked(PLAIN):",
        "    if _asked(PLAIN) is None:",
        WALL + "test_who_walks_through_walls_stops_the_start",
    ),
    Seeded(
        "a hole in the wall stops nothing",
        POLICIES,
        "    if holes := sorted(missing()):",
        "    if holes := sorted(set(missing()) - set(walled())):",
        WALL + "test_a_hole_stops_the_start",
    ),
    Seeded(
        "what a written row names is not looked at by the database",
        POLICIES,
        "    if not named:\n",
        "    if named is not None:\n",
        WALL + "test_no_row_joins_two_schools",
    ),
    Seeded(
        "the website starts without a look at what guards it",
        "config/wsgi.py",
        '    call_command("check", stdout=io.StringIO())\n',
        "",
        SERVE + "test_nobody_is_served_where_a_guard_is_missing",
    ),
    Seeded(
        "the worker starts without a look at what guards the database",
        "foundation/base/management/commands/worker.py",
        "        demand_guards()\n",
        "",
        SERVE + "test_nobody_is_served_where_a_guard_is_missing",
    ),
    Seeded(
        "nobody asks for the wall",
        "foundation/base/tables.py",
        "DEMANDS: list[Callable[[], None]] = [demand_wall]",
        "DEMANDS: list[Callable[[], None]] = []",
        SERVE + "test_nobody_is_served_where_a_guard_is_missing",
    ),
    Seeded(
        "an address without a rule is served",
        "registry/access/checks.py",
        "for name in sorted(names - ROUTES.keys())",
        "for name in sorted(ROUTES.keys() - ROUTES.keys())",
        POLICY + "test_an_address_that_its_room_leaves_out_stops_the_start",
    ),
    Seeded(
        "code and table differ in what the office of the bureau may do",
        "registry/access/permissions.py",
        '"看学校概况（只有数字）", {**BUREAUS, **OFFICE}',
        '"看学校概况（只有数字）", {**OFFICE}',
        WALK + "test_the_policy_table_says_what_is_expected",
    ),
    Seeded(
        "all hats act at once",
        "registry/access/policy.py",
        "        return SCOPES[self.resource.name, reach](actor) if reach else NOTHING\n",
        "        found = SCOPES[self.resource.name, reach](actor) if reach else NOTHING\n"
        '        again = __import__("dataclasses").replace\n'
        "        for hat in actor.others:\n"
        "            if far := self.roles.get(hat.role):\n"
        "                found |= SCOPES[self.resource.name, far](again(actor, hat=hat, others=()))\n"
        "        return found\n",
        HATS,
    ),
    Seeded(
        "the log does not say under which hat",
        "foundation/audit/actions.py",
        "            hat=actor.hat_label,",
        '            hat="",',
        HATS,
    ),
    Seeded(
        "the header does not say which hat is on",
        "foundation/ui/templates/ui/base.html",
        "<b>{{ hat.label }}</b>{% if hat.organisation %}",
        "<b>{{ hat.person }}</b>{% if hat.organisation %}",
        HATS,
    ),
    Seeded(
        "a code follows from the account",
        "registry/accounts/actions.py",
        "    codes = {account.pk: new_code() for account in accounts}",
        '    codes = {account.pk: (account.pk.hex[-12:]).upper().replace("0", "Z").replace("1", "Y") for account in accounts}',
        SLIPS + "test_a_code_follows_from_nothing",
    ),
    Seeded(
        "whoever knows the account's name opens a new account",
        "registry/accounts/actions.py",
        "        account.set_unusable_password()\n",
        "        account.set_password(login)\n",
        SLIPS + "test_a_code_follows_from_nothing",
    ),
    Seeded(
        "anybody signs himself up",
        "portal/home/policy.py",
        '        "me": SIGNED_IN,',
        '        "me": PUBLIC,',
        POLICY + "test_who_is_not_signed_in_finds_these_addresses_alone",
    ),
    Seeded(
        "an answer goes out before its entry is written",
        "registry/access/middleware.py",
        "            deliver(request, response)\n",
        "",
        "tests/registry/test_reads.py::test_what_cannot_be_written_is_not_read",
    ),
    Seeded(
        "a view that does not declare its reading is let be",
        "registry/access/reads.py",
        "    if chosen is None or chosen not in declared or hasattr(request, _HELD):",
        "    if chosen is None or chosen not in declared:\n        return\n    if hasattr(request, _HELD):",
        "tests/registry/test_reads.py::test_a_view_that_reads_where_none_is_declared_is_a_mistake",
    ),
    Seeded(
        "who opens a student's page leaves nothing",
        "registry/access/reads.py",
        "    if wanted:\n",
        "    if wanted and held.entry.glance:\n",
        WALK + "test_everybody_meets_what_is_meant_for_him_and_nothing_else[mentor]",
    ),
    Seeded(
        "the sixteenth is counted by nobody",
        "registry/mentorships/actions.py",
        "    if MentorPlaces.objects.filter(staff_id=mentor_id, taken__lte=free).update(",
        "    if MentorPlaces.objects.filter(staff_id=mentor_id).update(",
        "tests/registry/test_races.py::test_500_claims_for_15_places_end_in_exactly_15",
    ),
    Seeded(
        "a seat may be taken twice",
        "registry/mentorships/actions.py",
        'values_list("seat", flat=True))\n    free = [',
        'values_list("seat", flat=True)[:1])\n    free = [',
        "tests/registry/test_races.py::test_500_claims_for_15_places_end_in_exactly_15",
    ),
    Seeded(
        "a bomb is unpacked",
        "foundation/documents/reading.py",
        '        raise refusal("bomb")',
        "        return",
        READING + "test_a_bomb_is_refused_before_anything_is_unpacked",
    ),
    Seeded(
        "a part is unpacked past the size that it states",
        CHILD,
        "                content = part.read(archive.getinfo(path).file_size)",
        "                content = archive.read(path)",
        READING + "test_a_bomb_that_states_a_small_size_is_not_unpacked_further",
    ),
    Seeded(
        "a document names entities of elsewhere",
        CHILD,
        '            if b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"\\0" in content[:64]:',
        "            if not content:",
        READING + "test_a_document_type_declaration_is_refused",
    ),
    Seeded(
        "the child may take all memory",
        CHILD,
        '        ("RLIMIT_AS", limits["memory"]),\n',
        "",
        READING + "test_the_memory_limit_bites",
    ),
    Seeded(
        "the child may compute for ever",
        CHILD,
        '        ("RLIMIT_CPU", limits["cpu_seconds"]),\n',
        "",
        READING + "test_the_processor_limit_bites",
    ),
    Seeded(
        "nobody looks at the clock",
        "foundation/documents/reading.py",
        "            timeout=limits.wall_seconds,\n",
        "",
        READING + "test_the_clock_bites",
    ),
    Seeded(
        "macros come along",
        CHILD,
        "        parts = {path: read(path) for path in FIXED_PARTS if path in names}",
        "        parts = {path: read(path) for path in names}",
        READING + "test_a_macro_workbook_is_read_without_its_macros",
    ),
    Seeded(
        "a formula is taken for its value",
        CHILD,
        '        elif tag == "f":\n            found[row, column] = "formula"\n',
        "",
        READING + "test_formulas_and_errors_are_named_with_and_without_a_stored_value",
    ),
    Seeded(
        "a text that begins with = is written as a formula",
        "foundation/documents/writing.py",
        '    cell.data_type = "s"  # openpyxl takes "=1" for a formula and "#N/A" for an error\n',
        "",
        WRITING + "test_no_cell_of_a_workbook_is_a_formula",
    ),
    Seeded(
        "a text becomes a formula when somebody edits its cell",
        "foundation/documents/writing.py",
        "        cell.quotePrefix = True",
        "        cell.quotePrefix = False",
        WRITING + "test_no_cell_of_a_workbook_is_a_formula",
    ),
    Seeded(
        "passwords are hashed quickly",
        "config/settings.py",
        '    "liangshi.registry.accounts.hashers.Argon2",\n',
        "",
        "tests/pages/test_sign_in.py::test_each_wrong_answer_costs_one_hash_and_tells_nothing",
    ),
    Seeded(
        "a long number is a number",
        "foundation/documents/writing.py",
        '    cell.number_format = "@"\n',
        "",
        WRITING + "test_no_cell_of_a_workbook_is_a_formula",
    ),
    Seeded(
        "a line of a CSV is computed",
        "foundation/documents/writing.py",
        """    return "'" + text if text.startswith("'") or is_dangerous(text) else text""",
        "    return text",
        WRITING + "test_no_field_of_a_csv_begins_like_a_formula",
    ),
    Seeded(
        "pages have no policy",
        "config/settings.py",
        '    "liangshi.foundation.base.middleware.headers",\n',
        "",
        HEADERS + "test_every_answer_carries_the_policy",
    ),
    Seeded(
        "a refusal of the gate has no policy",
        "config/settings.py",
        """    "liangshi.foundation.base.middleware.headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    # Who asks, then how much he sends, and only then is the body read (for the token of the form).
    "liangshi.registry.access.middleware.Gate",
    "liangshi.registry.access.bodies.Measure",
    "django.middleware.common.CommonMiddleware",
""",
        """    "django.contrib.sessions.middleware.SessionMiddleware",
    # Who asks, then how much he sends, and only then is the body read (for the token of the form).
    "liangshi.registry.access.middleware.Gate",
    "liangshi.registry.access.bodies.Measure",
    "django.middleware.common.CommonMiddleware",
    "liangshi.foundation.base.middleware.headers",
""",
        HEADERS + "test_every_answer_carries_the_policy",
    ),
    Seeded(
        "scripts may stand in the page",
        "foundation/base/middleware.py",
        "script-src 'self';",
        "script-src 'self' 'unsafe-inline';",
        HEADERS + "test_a_page_runs_and_loads_what_is_its_own_alone",
    ),
    Seeded(
        "a page loads a style of elsewhere",
        "foundation/ui/templates/ui/base.html",
        '{% include "ui/head.html" %}',
        '{% include "ui/head.html" %}<link rel="stylesheet" href="//cdn.example.com/a.css">',
        HEADERS + "test_nothing_of_ours_names_another_host",
    ),
)
