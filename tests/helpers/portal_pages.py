"""Addresses of every kind of page of the fake release, for tests that look at all of them."""

PAGES = (
    "/", "/?q=diabete", "/?q=diabete+zzz+gironde", "/jeux/patients?territoire=48&_tri=-prev",
    "/jeux/patients/graphique?territoire=33&territoire=40&_par=territoire:%3D&_selon=sexe:*sexe",
    "/jeux/visites/graphique",
    "/jeux/patients", "/jeux/reel-honoraires", "/jeux/visites", "/protection-des-donnees",
    "/pages/data-pathologies/", "/pages/data-pathologies/?pathologie=dia&territoire=33&avec=40&avec=rare",
    "/pages/data-pathologies/?territoire=48&sexe=2&age=70-79", "/pages/data-professionnels-sante-liberaux/",
    "/pages/data-professionnels-sante-liberaux/?profession=inf&territoire=33", "/territoires/",
    "/territoires/33-gironde", "/pathologies/dia-diabete", "/professions/inf-infirmiers",
    "/vos-droits", "/vos-droits?departement=76&droit=effacement",
    "/protection-des-donnees/2026-11-29/depuis/2026-11-25",
    "/jeux/patients/chiffre?annee=2023&pathologie=dia&territoire=75", "/jeux/patients/chiffre?territoire=48",
    "/preuve", "/publications", "/en/publications",
    "/secret", "/mentions-legales", "/glossaire", "/accessibilite",
    "/protection-des-donnees/promesses", "/certificat", "/en/jeux/patients",
)  # fmt: skip
